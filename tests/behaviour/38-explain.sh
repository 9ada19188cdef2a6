#!/bin/bash
# Goal of this test: --explain says what would happen, and which line of which file decides.
. "$(dirname "$0")/../lib/behaviour.sh"
require socat

file=$(config <<END
defaults {
	no_access = {"10.0.0.13"}
}
service open { listen = {"127.0.0.1:0"} builtin = echo }
service some {
	listen = {"127.0.0.1:0"}
	exec = {"/bin/cat"}
	only_from = {"10.0.0.0/8",
		"2001:db8::/32"}
	no_access += {"10.9.0.0/16"}
	no_access += {"127.0.0.1"}
	source_prefix_v6 = 48
}
END
)

# explain SERVICE,ADDRESS PATTERN...
explain() {
	local what=$1 pattern
	shift
	"$TINED" -c "$file" --explain "$what" >"$tmp/out" 2>"$tmp/err" ||
		fail "$what: exit status $?: $(cat "$tmp/err")"
	for pattern; do
		grep -Eq -- "$pattern" "$tmp/out" || {
			cat "$tmp/out"
			fail "$what: not said: $pattern"
		}
	done
}
explain open,192.0.2.7 'from 192\.0\.2\.7 is (served|accepted)' 'no rule names it' \
	'built-in echo'
explain open,10.0.0.13 'refused' 'no_access 10\.0\.0\.13' "$file:2"
explain some,10.1.2.3 'served|accepted' 'only_from 10\.0\.0\.0/8' "$file:8" '/bin/cat'
explain some,2001:db8:1:2::3 'only_from 2001:db8::/32' "$file:9" '2001:db8:1::/48'
explain some,10.9.1.1 refused 'no_access 10\.9\.0\.0/16' "$file:10"
explain some,10.0.0.13 refused "$file:2"
explain some,192.0.2.7 refused 'only_from does not name it'
explain some,::ffff:10.1.2.3 'only_from 10\.0\.0\.0/8'
explain some,127.0.0.1 refused "$file:11"

# What is said is what is done.
start_tined -c "$file"
same "open" hello "$(echo hello | ask "$ADDR_open")"
same "some" "" "$(echo hello | ask "$ADDR_some" 2>/dev/null)"
wait_for_log '^notice refused service=some reason=no_access '
stop_tined

# From the command line, too.
"$TINED" -f -l 127.0.0.1:0 -s echo -o no_access=192.0.2.0/24 \
	--explain=echo,192.0.2.1 | grep -q refused || fail "with -l"

refuses 64 'must be SERVICE,ADDRESS' -c "$file" --explain open
for wrong in nothing,127.0.0.1 open,nonsense open,127.0.0.1/8 open,300.0.0.1; do
	status=0
	"$TINED" -c "$file" --explain "$wrong" >"$tmp/out" 2>"$tmp/err" || status=$?
	same "--explain $wrong: exit status" 64 "$status"
	same "--explain $wrong: lines" 1 "$(wc -l <"$tmp/err")"
done
exit 0
