#!/bin/bash
# Goal of this test: three acceptors share a listener, and the limits hold over
# all of them together, also when one that has sessions is killed.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
require socat python3

start_conf <<END
defaults {
	listen = {"127.0.0.1:0"}
	builtin = echo
	acceptors = 3
	refuse_message = "no\n"
}
service refuse { instances = 12 when_full = refuse }
service queue { instances = 9 }
service source { per_source = 5 }
service rate { cps = {1, 6} when_full = refuse }
service program { builtin = none exec = {"/bin/cat"} instances = 6 }
END
same "acceptors" 15 "$(acceptors | wc -l)"
# check WHAT EXPECTED FILE
check() {
	same "$1" "$2" "$(held "$3")"
}

# crowd FILE COUNT ADDRESS: four clients at once, so that more than one acceptor
# is at work.  Sets CROWD.
crowd() {
	local i
	CROWD=()
	for i in 1 2 3 4; do
		python3 "$top_srcdir/tests/lib/crowd.py" hold "$2" "$3" \
		    >"$1.$i" 2>&1 &
		CROWD+=("$!")
		record "$!"
	done
	for i in 1 2 3 4; do
		wait_until 30 test -s "$1.$i" || fail "a client hangs"
	done
}
total() {
	cat "$2".? | sed -n "s/.*\<$1=\([0-9]*\) .*/\1/p" |
	    awk '{ n += $1 } END { print n }'
}
let_go() {
	local pid
	for pid; do
		release "$pid"
	done
}

crowd "$tmp/source" 4 "$ADDR_source"
between "sessions of one source" 1 "$(total served "$tmp/source")" 5
let_go "${CROWD[@]}"
wait_until 10 sessions_are source 0 || fail "its places are not free"
hold "$tmp/source" 12 "$ADDR_source"
check "12 of 5 from a source" "served=5 closed=7 waiting=0" "$tmp/source"
source=$HOLD_PID
crowd "$tmp/refuse" 5 "$ADDR_refuse"
same "20 of 12" "12 8" \
    "$(total served "$tmp/refuse") $(total closed "$tmp/refuse")"
same "sessions" 12 "$(state refuse sessions)"
WAIT=1 hold "$tmp/queue" 14 "$ADDR_queue"
check "14 of 9" "served=9 closed=0 waiting=5" "$tmp/queue"
queue=$HOLD_PID
hold "$tmp/rate" 12 "$ADDR_rate"
[[ $(held "$tmp/rate") =~ ^served=([678])\ closed=([456])\ waiting=0$ ]] ||
	fail "12 of {1, 6}: $(held "$tmp/rate")"
release "$HOLD_PID"
WAIT=1 hold "$tmp/program" 8 "$ADDR_program"
check "8 programs of 6" "served=6 closed=0 waiting=2" "$tmp/program"
program=$HOLD_PID

# kill_one SERVICE: one of its acceptors that has sessions, and waits for the
# next.
kill_one() {
	local pid
	for pid in $(acceptor "$1"); do
		pgrep -P "$pid" >/dev/null || continue
		kill -KILL "$pid"
		wait_for_log "^error restarted service=$1 pid=$pid"
		wait_until 10 three_without "$1" "$pid" ||
			fail "$1: no third acceptor after one was killed"
		return
	done
	fail "$1: no acceptor has sessions"
}
three_without() {
	local now
	now=$(acceptor "$1") && [ "$(wc -l <<<"$now")" -eq 3 ] &&
		! grep -qx "$2" <<<"$now"
}
for service in refuse queue source program; do
	kill_one $service
done

# Its sessions live and count.
hold "$tmp/more" 4 "$ADDR_refuse"
same "more than all" "served=0 closed=4 waiting=0 text=no" "$(cat "$tmp/more")"
release "$HOLD_PID"
hold "$tmp/more" 4 "$ADDR_source"
check "more from that source" "served=0 closed=4 waiting=0" "$tmp/more"
release "$HOLD_PID"
SOURCE=127.0.0.2 hold "$tmp/more" 5 "$ADDR_source"
check "from another source" "served=5 closed=0 waiting=0" "$tmp/more"
release "$HOLD_PID"
same "sessions" "12 9" "$(state refuse sessions) $(state queue sessions)"
WAIT=1 hold "$tmp/more" 2 "$ADDR_program"
check "more programs" "served=0 closed=0 waiting=2" "$tmp/more"
more=$HOLD_PID

# When they end their places are free, also for those that wait elsewhere.
ask "$ADDR_queue" 20 <<<"late" >"$tmp/late" &
late=$!
ask "$ADDR_program" 20 <<<"late" >"$tmp/late2" &
late2=$!
let_go "${CROWD[@]}" "$queue" "$source" "$program" "$more"
wait "$late"
same "one that waited" late "$(cat "$tmp/late")"
wait "$late2"
same "a program that waited" late "$(cat "$tmp/late2")"
for service in refuse queue source rate program; do
	wait_until 10 sessions_are $service 0 ||
		fail "$service: $(state $service sessions) places are not free"
done
hold "$tmp/refuse" 20 "$ADDR_refuse"
check "20 of 12 again" "served=12 closed=8 waiting=0" "$tmp/refuse"
release "$HOLD_PID"
hold "$tmp/source" 12 "$ADDR_source"
check "12 of 5 again" "served=5 closed=7 waiting=0" "$tmp/source"
release "$HOLD_PID"

# Every session has its end in the log, also those of killed acceptors.
begun=0
for service in refuse queue source rate program; do
	wait_until 10 sessions_are $service 0 || fail "$service: not free"
	begun=$((begun + $(state $service started)))
done
wait_for_ends "$begun" "" 30

# The queue moves under a load.
before=$(state queue started)
JOBS=12 start_load "$tmp/load" "$ADDR_queue"
started() {
	[ "$(state queue started)" -ge $((before + 1000)) ]
}
wait_until 20 started || fail "too slow"
end_load
same "failed under load" 0 "$FAILED"
wait_until 10 sessions_are queue 0 || fail "sessions are counted for ever"
stop_tined
