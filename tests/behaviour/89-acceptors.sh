#!/bin/bash
# Goal of this test: three acceptors share a listener, and the limits hold over
# all of them together, also when one that holds places is killed.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/programs.sh"
. "$(dirname "$0")/../lib/crowd.sh"
require socat python3

conf=$(config <<END
defaults { listen = {"127.0.0.1:0"} builtin = echo acceptors = 3 }
service refuse { instances = 9 when_full = refuse }
service queue { instances = 9 }
service source { per_source = 5 }
service rate { cps = {1, 6} when_full = refuse }
service program { builtin = none exec = {"/bin/cat"} instances = 6 }
END
)
start_tined -c "$conf"
same "acceptors" 15 "$(acceptors | wc -l)"
# check WHAT EXPECTED FILE
check() {
	same "$1" "$2" "$(held "$3")"
}
# Where there are thousands of processes this is quicker than pgrep.
has_sessions() {
	[ -n "$(cat "/proc/$1/task/$1/children")" ]
}
[ -e /proc/$$/task/$$/children ] || skip "there is no /proc/PID/task/*/children"

hold "$tmp/refuse" 20 "$ADDR_refuse"
check "20 of 9" "served=9 closed=11 waiting=0" "$tmp/refuse"
refuse=$HOLD_PID
WAIT=1 hold "$tmp/queue" 14 "$ADDR_queue"
check "14 of 9" "served=9 closed=0 waiting=5" "$tmp/queue"
queue=$HOLD_PID
hold "$tmp/source" 12 "$ADDR_source"
check "12 of 5 from a source" "served=5 closed=7 waiting=0" "$tmp/source"
source=$HOLD_PID
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
	local pid before
	before=$(acceptor "$1")
	for pid in $before; do
		has_sessions "$pid" || continue
		kill -KILL "$pid"
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
wait_for_log '^error restarted service=refuse '

# Its sessions live and count.
hold "$tmp/more" 4 "$ADDR_refuse"
check "more than all" "served=0 closed=4 waiting=0" "$tmp/more"
release "$HOLD_PID"
hold "$tmp/more" 4 "$ADDR_source"
check "more from that source" "served=0 closed=4 waiting=0" "$tmp/more"
release "$HOLD_PID"
SOURCE=127.0.0.2 hold "$tmp/more" 4 "$ADDR_source"
check "from another source" "served=4 closed=0 waiting=0" "$tmp/more"
release "$HOLD_PID"
same "sessions" 9 "$(state queue sessions)"
WAIT=1 hold "$tmp/more" 2 "$ADDR_program"
check "more programs" "served=0 closed=0 waiting=2" "$tmp/more"
more=$HOLD_PID

# When they end their places are free, also for those that wait elsewhere.
ask "$ADDR_queue" 20 <<<"late" >"$tmp/late" &
late=$!
ask "$ADDR_program" 20 <<<"late" >"$tmp/late2" &
late2=$!
for pid in "$refuse" "$queue" "$source" "$program" "$more"; do
	release "$pid"
done
wait "$late"
same "one that waited" late "$(cat "$tmp/late")"
wait "$late2"
same "a program that waited" late "$(cat "$tmp/late2")"
for service in refuse queue source rate program; do
	wait_until 10 sessions_are $service 0 ||
		fail "$service: $(state $service sessions) places are not free"
done
hold "$tmp/refuse" 20 "$ADDR_refuse"
check "20 of 9 again" "served=9 closed=11 waiting=0" "$tmp/refuse"
release "$HOLD_PID"
hold "$tmp/source" 12 "$ADDR_source"
check "12 of 5 again" "served=5 closed=7 waiting=0" "$tmp/source"
release "$HOLD_PID"
# Every session that began has ended in the log, those of the killed ones, too.
begun=0
for service in refuse queue source rate program; do
	wait_until 10 sessions_are $service 0 || fail "$service: not free"
	begun=$((begun + $(state $service started)))
done
wait_for_ends "$begun" ""
stop_tined
