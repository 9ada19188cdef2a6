#!/bin/bash
# Goal of this test: tine forgive lets a source that is over its rate connect at
# once, and no other.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/client.sh"
require socat

control=$tmp/control
conf=$(config <<END
control_socket = "$control"
service slow {
	listen = {"127.0.0.1:0"}
	builtin = echo
	cps_per_source = {1, 1}
	source_prefix_v4 = 24
}
service other { listen = {"127.0.0.1:0"} builtin = echo }
END
)
start_tined -c "$conf"

forgive() {
	run "$TINE" forgive --socket "$control" "$@"
}
# served FROM: whether a connection from there is served.
served() {
	[ "$(echo hello | timeout 10 socat -t 5 - \
	    "$(socat_address "$ADDR_slow"),bind=$1" 2>/dev/null)" = hello ]
}
# exhaust FROM: until a connection from there is refused; within the second after
# that there is no token.
exhaust() {
	local n=0
	while served "$1"; do
		n=$((n + 1))
		[ "$n" -lt 50 ] || fail "$1 is never over its rate"
	done
}

forgive 127.0.1.1
expect "a source that never came" 1
same "what it says" "tine: 127.0.1.1: no service counts its rate" "$(cat "$tmp/err")"
# Whole seconds may pass between two commands of a slow machine: tries again.
forgiven() {
	exhaust 127.0.1.1
	exhaust 127.0.2.1
	forgive 127.0.1.77
	expect "forgive" 0
	same "what it says" "127.0.1.77 is free again" "$(cat "$tmp/out")"
	served 127.0.1.1 && ! served 127.0.2.1
}
wait_until 30 forgiven || fail "not forgiven, or the other is, too"
wait_for_log "^notice command verb=forgive service=[*] uid=$(id -u) pid=[0-9]+ exit=0 source=127.0.1.77/32"
forgive 127.0.1.1 -s slow
expect "of one service" 0
forgive 127.0.1.1 -s other
expect "of a service without a rate" 1
forgive 127.0.1.1 -s none
expect "of a service that there is not" 1
forgive ::1
expect "IPv6" 1
for wrong in "" x 127.0.0.1/8 "127.0.0.1 ::1"; do
	# shellcheck disable=SC2086
	forgive $wrong
	expect "forgive $wrong" 64
done
stop_tined
forgive 127.0.1.1
expect "without a tined" 69
