#!/bin/bash
# Goal of this test: the examples of README.md and the shipped configuration
# are accepted unchanged.
. "$(dirname "$0")/../lib/behaviour.sh"

# accepted FILE WHAT
accepted() {
	"$TINED" -t -c "$1" >"$tmp/said" 2>&1 || {
		cat "$tmp/said"
		fail "$2"
	}
}

example=$top_srcdir/systemd/tined.conf.example
accepted "$example" "the shipped configuration"
sed -n 's/^#\([^ ]\)/\1/p; s/^#\(    \)/\1/p' "$example" >"$tmp/comments"
grep -q '^service' "$tmp/comments" || fail "no service in comments"
accepted "$tmp/comments" "what is in comments in the shipped configuration"

# Each block of README that has a service is a configuration.
awk -v out="$tmp/readme." '
/^```/ { if (inside) { inside = 0; close(file) }
	 else { inside = 1; n++; file = out n }
	 next }
inside { print >file }' "$top_srcdir/README.md"
n=0
for file in "$tmp"/readme.*; do
	grep -q '^service ' "$file" || continue
	n=$((n + 1))
	accepted "$file" "README, the configuration $(head -n 1 "$file")"
done
[ "$n" -ge 2 ] || fail "README has $n configurations"

# Its commands, unchanged: in a network of the test's own, beside the first
# of those files and the README, with the programs in PATH.
in_namespaces -n
PATH=$(dirname "$TINED"):$PATH
cd "$tmp" || exit 99
cp "$top_srcdir/README.md" .
first=$(grep -l '^service ' readme.* | sort -t . -k 2 -n | head -n 1)
sed "s,/tmp/tined-echo,$tmp/echo," "$first" >tined.conf
commands() {
	sed -n "s/^\\\$ \\($1 .*\\)/\\1/p" README.md | sed -e 's/ *# .*//' \
		-e "s,/tmp/tined-echo,$tmp/echo,"
}
n=0
while read -r words; do
	n=$((n + 1))
	# shellcheck disable=SC2086 # words of a command line
	start_tined ${words#tined -f }
	case $words in
	*tined.conf*)
		while read -r command; do
			n=$((n + 10))
			eval "$command" || fail "README: $command"
		done < <(commands tine)
		;;
	esac
	stop_tined
done < <(commands 'tined -f')
[ "$n" -ge 24 ] || fail "README has $n commands"
