#!/bin/bash
# Goal of this test: instances and per_source hold, queue or refuse as
# configured, tell the client, and recover by themselves.
# shellcheck source=../lib/behaviour.sh
. "$(dirname "$0")/../lib/behaviour.sh"
# shellcheck source=../lib/crowd.sh
. "$(dirname "$0")/../lib/crowd.sh"
require socat python3

conf=$(config <<END
defaults { refuse_message = "too many, later\n" }
service queue {
	listen = {"127.0.0.1:0"}
	builtin = echo
	instances = 5
	per_source = 100
}
service refuse {
	listen = {"127.0.0.1:0"}
	builtin = echo
	instances = 5
	per_source = 100
	when_full = refuse
}
service source {
	listen = {"127.0.0.1:0", "[::1]:0", "unix:$tmp/source"}
	builtin = echo
	per_source = 3
}
service nets {
	listen = {"127.0.0.1:0"}
	exec = {"/bin/cat"}
	per_source = 3
	source_prefix_v4 = 24
}
service one { listen = {"127.0.0.1:0"} builtin = echo per_source = 8 }
END
)
start_tined -c "$conf"

# queue: those above wait in the kernel's queue, and are served in their turn.
WAIT=0.5 hold "$tmp/queue" 8 "$ADDR_queue"
first=$HOLD_PID
same "queued" "served=5 closed=0 waiting=3" "$(held "$tmp/queue")"
WAIT=20 python3 "$top_srcdir/tests/lib/crowd.py" hold 2 "$ADDR_queue" \
    >"$tmp/later" &
later=$!
record "$later"
release "$first"
wait_until 20 test -s "$tmp/later" || fail "the queue does not move"
same "after the others have ended" "served=2 closed=0 waiting=0" \
    "$(held "$tmp/later")"
release "$later"
same "refused by a queue" 0 "$(state queue refused)"

# refuse: told, without a reset although the client has sent something.
hold "$tmp/refuse" 9 "$ADDR_refuse"
same "refused" "served=5 closed=4 waiting=0 text=too many, later" \
    "$(cat "$tmp/refuse")"
wait_for_log '^notice refused service=refuse reason=instances peer=127\.0\.0\.1:'
same "a client that sends 100 kB first" "too many, later" \
    "$(head -c 100000 /dev/zero | ask "$ADDR_refuse")"
same "counted" 5 "$(state refuse refused)"
release "$HOLD_PID"
wait_until 10 sessions_are refuse 0 || fail "it does not recover"
same "recovered" hi "$(echo hi | ask "$ADDR_refuse")"

# per_source: others are served.
hold "$tmp/held" 5 "$ADDR_source"
full=$HOLD_PID
same "one source" "served=3 closed=2 waiting=0 text=too many, later" \
    "$(cat "$tmp/held")"
SOURCE=127.0.0.2 hold "$tmp/held" 5 "$ADDR_source"
same "another source" "served=3 closed=2 waiting=0" "$(held "$tmp/held")"
release "$HOLD_PID"
hold "$tmp/held" 5 "$(addresses source | sed -n 2p)"
same "IPv6" "served=3 closed=2 waiting=0" "$(held "$tmp/held")"
release "$HOLD_PID"
hold "$tmp/held" 5 "unix:$tmp/source"
same "a user" "served=3 closed=2 waiting=0" "$(held "$tmp/held")"
release "$HOLD_PID"
release "$full"
wait_until 10 sessions_are source 0 || fail "it does not recover"
wait_for_log '^notice refused service=source reason=per_source '
# At most a line a second, and all are counted.
all_told() {
	[ "$(sed -n 's/^notice refused service=source .*not_shown=//p' "$LOG" |
	    awk '{ n += $1 } END { print n + 0 }')" -eq 8 ] || [ "$(sed -n \
	    's/^notice refused service=source //p' "$LOG" | awk -F 'not_shown=' \
	    '{ n += $2 + ($1 ~ /peer=/) } END { print n + 0 }')" -eq 8 ]
}
wait_until 10 all_told || fail "refusals are not all told"

# A source may be a network.
hold "$tmp/nets" 2 "$ADDR_nets"
nets=$HOLD_PID
SOURCE=127.0.0.200 hold "$tmp/nets2" 2 "$ADDR_nets"
same "the same network" "served=1 closed=1 waiting=0" "$(held "$tmp/nets2")"
release "$HOLD_PID"
SOURCE=127.0.1.1 hold "$tmp/nets3" 2 "$ADDR_nets"
same "another network" "served=2 closed=0 waiting=0" "$(held "$tmp/nets3")"
release "$HOLD_PID"
release "$nets"

# Who has one connection after the other has one at a time.
start_tined -o per_source=8 -l 127.0.0.1:0 -s echo
JOBS=1 start_load "$tmp/load" "$ADDR_echo"
many() {
	[ "$(state echo started)" -ge 500 ]
}
wait_until 20 many || fail "too slow"
end_load
same "the failures of one after the other" 0 "$FAILED"
stop_tined
exit 0
