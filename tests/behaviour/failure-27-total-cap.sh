#!/bin/bash
# Goal of this test: instances holds; connections above wait in the kernel's
# queue or are refused with a message, as configured, and it recovers by itself.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
. "$(dirname "$0")/../lib/failure.sh"
require socat python3

message="@ERROR: too many, sorry"
start_conf <<END
defaults { listen = {"127.0.0.1:0"} builtin = echo per_source = 100 instances = 5 }
service queue { }
service refuse { when_full = refuse refuse_message = "$message\n" }
service unix {
	listen = {"unix:$tmp/unix"}
	when_full = refuse
	refuse_message = "$message\n"
}
service programs { builtin = none exec = {"/bin/cat"} when_full = refuse }
END
remember

# queue: those above wait in the kernel's queue, and are served in their turn.
WAIT=0.5 hold "$tmp/queue" 8 "$ADDR_queue"
first=$HOLD_PID
same "queued" "served=5 closed=0 waiting=3" "$(held "$tmp/queue")"
same "sessions" 5 "$(state queue sessions)"
WAIT=20 python3 "$top_srcdir/tests/lib/crowd.py" hold 2 "$ADDR_queue" \
    >"$tmp/later" &
later=$!
record "$later"
# While they wait nothing works: the listener is left out of the poll set.
# shellcheck disable=SC2046 # a word each
cpu=$(cpu_ms $(servers))
same "sessions, still" 5 "$(state queue sessions)"
# shellcheck disable=SC2046
cheap "a full service" "$cpu" "$(cpu_ms $(servers))" 50
release "$first"
wait_until 20 test -s "$tmp/later" || fail "the queue does not move"
same "after the others have ended" "served=2 closed=0 waiting=0" \
    "$(held "$tmp/later")"
release "$later"
same "refused by a queue" 0 "$(state queue refused)"
wait_until 10 sessions_are queue 0 || fail "the places are not free"

# refuse: the message, without a reset although the client has sent something.
for service in refuse unix programs; do
	address=ADDR_$service
	hold "$tmp/held.$service" 9 "${!address}"
	same "$service: nine of five" "served=5 closed=4 waiting=0" \
	    "$(held "$tmp/held.$service")"
	wait_for_log "^notice refused service=$service reason=instances peer="
	same "$service: counted" 4 "$(state $service refused)"
	[ $service = programs ] ||
		same "the message" "$message" \
		    "$(sed 's/.* text=//' "$tmp/held.$service")"
	release "$HOLD_PID"
	wait_until 10 sessions_are $service 0 || fail "the places are not free"
	hold "$tmp/held.$service" 5 "${!address}"
	same "$service: five again" "served=5 closed=0 waiting=0" \
	    "$(held "$tmp/held.$service")"
	release "$HOLD_PID"
done
unchanged
stop_tined
