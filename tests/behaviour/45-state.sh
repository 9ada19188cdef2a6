#!/bin/bash
# Goal of this test: USR1 logs the state of every service, and does not disturb
# sessions.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
require socat python3

start_conf <<END
service echo {
	listen = {"127.0.0.1:0"}
	builtin = echo
	instances = 3
	when_full = refuse
}
service cat { listen = {"127.0.0.1:0"} exec = {"/bin/cat"} acceptors = 2 }
END
same "echo" hello "$(echo hello | ask "$ADDR_echo")"
wait_until 10 sessions_are echo 0 || fail "the session is still counted"
hold "$tmp/held" 5 "$ADDR_echo"
same "held" "served=3 closed=2 waiting=0" "$(held "$tmp/held")"
same "sessions" 3 "$(state echo sessions)"
expected=' state service=echo sessions=3 instances=3 acceptors=1 accepted=6'
expected+=' started=4 ended=1 refused=2 lost=0 in=[0-9]+ out=[0-9]+$'
wait_for_log "^notice$expected"
same "what echo has read" 6 "$(state echo in)"
same "the acceptors of cat" 2 "$(state cat acceptors)"
for _ in {1..50}; do
	kill -USR1 "$PID"
done
same "cat" hello "$(echo hello | ask "$ADDR_cat")"
release "$HOLD_PID"
wait_until 10 sessions_are echo 0 || fail "the sessions are still counted"
same "ended" 4 "$(state echo ended)"
same "what echo has written" 24 "$(state echo out)"
stop_tined
