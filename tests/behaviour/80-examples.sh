#!/bin/bash
# Goal of this test: the examples of README.md and the shipped configuration
# are taken as they stand.
# shellcheck source=../lib/behaviour.sh
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
grep -q '^service' "$tmp/comments" || fail "no service stands in comments"
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

# Its command lines that need no file of their own.
n=0
while read -r words; do
	n=$((n + 1))
	# shellcheck disable=SC2086 # words of a command line
	start_tined ${words/127.0.0.1:7007/127.0.0.1:0}
	stop_tined
done < <(sed -n 's/^\$ tined -f //p' "$top_srcdir/README.md")
[ "$n" -ge 2 ] || fail "README has $n command lines"
exit 0
