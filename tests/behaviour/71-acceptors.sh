#!/bin/bash
# Goal of this test: many acceptors share a listener, and the limits hold over
# all of them together, also when one is killed.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
require socat python3

conf=$(config <<END
defaults { acceptors = 3 refuse_message = "no\n" }
service total {
	listen = {"127.0.0.1:0"}
	builtin = echo
	instances = 12
	when_full = refuse
}
service source {
	listen = {"127.0.0.1:0"}
	builtin = echo
	per_source = 6
}
service queue {
	listen = {"127.0.0.1:0"}
	builtin = echo
	instances = 6
}
END
)
start_tined -c "$conf"
same "the acceptors" "3 3" \
    "$(acceptor total | wc -l) $(acceptor source | wc -l)"

# crowd FILE COUNT ADDRESS...: several clients at once, so that more than one
# acceptor is at work.  Sets HOLDERS.
crowd() {
	local i
	HOLDERS=()
	for i in 1 2 3 4; do
		rm -f "$1.$i"
		WAIT=${WAIT:-2} python3 "$top_srcdir/tests/lib/crowd.py" hold \
		    "$2" "$3" >"$1.$i" 2>&1 &
		HOLDERS+=("$!")
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
	for pid in "${HOLDERS[@]}"; do
		release "$pid"
	done
}

crowd "$tmp/total" 5 "$ADDR_total"
same "instances" "12 8" "$(total served "$tmp/total") $(total closed "$tmp/total")"
same "the sessions" 12 "$(state total sessions)"

# One dies; what it had still counts.
busiest=$(for pid in $(acceptor total); do
	echo "$(pgrep -c -P "$pid") $pid"
done | sort -rn | sed -n '1s/.* //p')
[ "$(pgrep -c -P "$busiest")" -gt 0 ] || fail "no acceptor has a session"
kill -KILL "$busiest"
wait_for_log "^error restarted service=total pid=$busiest"
three() {
	[ "$(acceptor total | wc -l)" -eq 3 ]
}
wait_until 10 three || fail "it is not restarted"
same "the sessions of all" 12 "$(state total sessions)"
hold "$tmp/more" 3 "$ADDR_total"
same "one more" "served=0 closed=3 waiting=0 text=no" "$(cat "$tmp/more")"
release "$HOLD_PID"
let_go
wait_until 10 sessions_are total 0 || fail "sessions are counted for ever"
hold "$tmp/more" 13 "$ADDR_total"
same "recovered" "served=12 closed=1 waiting=0" "$(held "$tmp/more")"
release "$HOLD_PID"

crowd "$tmp/source" 4 "$ADDR_source"
served=$(total served "$tmp/source")
[ "$served" -le 6 ] || fail "$served sessions of one source"
[ "$served" -ge 1 ] || fail "nobody is served"
SOURCE=127.0.0.2 hold "$tmp/other" 6 "$ADDR_source"
same "another source" "served=6 closed=0 waiting=0" "$(held "$tmp/other")"
release "$HOLD_PID"
let_go

# Who frees a place wakes whoever waits, in another acceptor, too.
WAIT=0.3 crowd "$tmp/queue" 5 "$ADDR_queue"
same "queued" "6 14" "$(total served "$tmp/queue") $(total waiting "$tmp/queue")"
WAIT=15 python3 "$top_srcdir/tests/lib/crowd.py" hold 6 "$ADDR_queue" \
    >"$tmp/later" 2>&1 &
later=$!
record "$later"
start=$(now_ms)
let_go
wait_until 15 test -s "$tmp/later" || fail "the queue does not move"
same "those that waited" "served=6 closed=0 waiting=0" "$(held "$tmp/later")"
echo "served after $(($(now_ms) - start)) ms"
release "$later"
JOBS=8 start_load "$tmp/load" "$ADDR_queue"
started() {
	[ "$(state queue started)" -ge 1000 ]
}
wait_until 20 started || fail "too slow"
end_load
same "failed under load" 0 "$FAILED"
wait_until 10 sessions_are queue 0 || fail "sessions are counted for ever"
stop_tined
