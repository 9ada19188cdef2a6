#!/bin/bash
# Goal of this test: at a given rate a stall of the server shows in the latency
# of all requests that were due meanwhile; requests that were never sent are
# reported.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/client.sh"

# stalled OPTION...: for a second of three the server is stopped.
stalled() {
	peer echo
	"$TINE" bench --json -d 3 -q 0 -c 1 "$@" "$PEER" >"$tmp/out" &
	local pid=$!
	record $pid
	wait_until 10 pgrep -P "$PEER_PID" >/dev/null || fail "no connection"
	sleep 0.5
	local served
	served=$(pgrep -P "$PEER_PID")
	kill -STOP "$served"
	sleep 1
	kill -CONT "$served"
	wait_exit $pid 40 || fail "tine bench $*: $?"
	end_peer
}

p90() {
	figure latency_us_p90 <"$tmp/out" | cut -d. -f1
}

stalled
[ "$(p90)" -lt 50000 ] || fail "closed loop: p90 is $(p90) us"
stalled -R 500
[ "$(p90)" -ge 100000 ] || fail "open loop: p90 is $(p90) us"
same "errors" 0 "$(figure errors <"$tmp/out")"
requests=$(figure requests <"$tmp/out")
between "500 a second for three" 1350 "$requests" 1501

# The rate is kept when the server can.
peer echo
run "$TINE" bench --json -R 1000 -N 1000 -q 0 -c 20 -j 2 "$PEER"
expect "1000 a second" 0
awk -v s="$(figure duration_s <"$tmp/out")" 'BEGIN { exit !(s > 0.99 && s < 4) }' ||
	fail "1000 at 1000 a second took $(figure duration_s <"$tmp/out") s"
same "overdue" 0 "$(figure overdue <"$tmp/out")"
end_peer

# One connection, answers of 100 ms: of 50 a second most are never sent.
peer late 1 100
run "$TINE" bench --json -R 50 -d 1 -c 1 "$PEER"
overdue=$(figure overdue <"$tmp/out")
requests=$(figure requests <"$tmp/out")
between "never sent, of 50" 35 "$overdue" 50
between "answered or overdue" 49 $((overdue + requests)) 51
