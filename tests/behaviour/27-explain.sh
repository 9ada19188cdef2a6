#!/bin/bash
# Goal of this test: tine explain says what becomes of a connection now, and counts
# nothing.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/client.sh"
require socat

control=$tmp/control
conf=$(config <<END
control_socket = "$control"
defaults { builtin = echo }
service rules {
	listen = {"127.0.0.1:0"}
	only_from = {"127.0.0.0/8"}
	no_access = {"127.0.0.2/32"}
}
service few { listen = {"127.0.0.1:0"} instances = 2 per_source = 1 when_full = refuse }
service one { listen = {"127.0.0.1:0"} instances = 1 }
service slow { listen = {"127.0.0.1:0"} cps_per_source = {1, 1} }
END
)
start_tined -c "$conf"

# explain SERVICE ADDRESS LAST: the last line it prints.
explain() {
	run "$TINE" explain --socket "$control" "$1" "$2"
	expect "explain $1 $2" 0
	same "explain $1 $2" "$3" "$(tail -n 1 "$tmp/out")"
}
is() {
	run "$TINE" explain --socket "$control" "$1" "$2"
	[ "$(tail -n 1 "$tmp/out")" = "$3" ]
}
explain rules 127.0.0.1 "now: would be served"
same "all of it" "rules: a connection from 127.0.0.1 is accepted
access: only_from 127.0.0.0/8 ($conf:5)
counted as: 127.0.0.1/32, per_source 64
instances: 1024, when_full queue" "$(head -n 4 "$tmp/out")"
grep -q '^sessions: 0 of 1024, from there 0 of 64$' "$tmp/out" ||
	fail "$(cat "$tmp/out")"
explain rules 127.0.0.2 "access: no_access 127.0.0.2/32 ($conf:6)"
explain rules 10.0.0.1 "access: not in only_from ($conf:5)"
explain rules ::1 "access: not in only_from ($conf:5)"

hold "$ADDR_few"
wait_until 10 is few 127.0.0.1 "now: would be refused: per_source" ||
	fail "$(cat "$tmp/out")"
explain few 127.0.0.9 "now: would be served"
hold "$ADDR_one"
wait_until 10 is one 127.0.0.9 "now: would wait: instances" ||
	fail "$(cat "$tmp/out")"
run "$TINE" pause --socket "$control" rules
explain rules 127.0.0.1 "now: would wait: the service is paused"

# The rate, which explaining does not use up.
for _ in 1 2 3; do
	explain slow 127.0.0.1 "now: would be served"
done
# Whole seconds may pass between two commands of a slow machine: tries again.
over_its_rate() {
	echo | ask "$ADDR_slow" >/dev/null 2>&1
	run "$TINE" explain --socket "$control" slow 127.0.0.1
	grep -Eq '^now: would be refused: cps_per_source, for [0-9]+ ms more$' "$tmp/out"
}
wait_until 30 over_its_rate || fail "$(cat "$tmp/out")"

run "$TINE" explain --socket "$control" none 127.0.0.1
expect "a service that there is not" 1
for wrong in "" rules "rules x" "rules 127.0.0.1 more" "rules 10.0.0.0/8"; do
	# shellcheck disable=SC2086
	run "$TINE" explain --socket "$control" $wrong
	expect "explain $wrong" 64
done
[ "$(count_log '^notice command verb=explain')" = 0 ] ||
	fail "reading is an event"
stop_tined
