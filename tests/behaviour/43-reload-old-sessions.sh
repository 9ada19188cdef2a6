#!/bin/bash
# Goal of this test: after a reload old sessions go on within the limits that
# they began with, and still count in instances and per_source.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
require socat python3

# configure SOURCE-LIMIT INSTANCES MAX-TIME
configure() {
	cat <<END
drain_timeout = 200ms
service echo {
	listen = {"127.0.0.1:0"}
	builtin = echo
	per_source = $1
	instances = $2
	max_time = $3
	when_full = refuse
	refuse_message = "no\n"
}
END
}

conf=$(configure 4 100 none | config)
start_tined -c "$conf"
hold "$tmp/first" 4 "$ADDR_echo"
first=$HOLD_PID
same "the first" "served=4 closed=0 waiting=0" "$(held "$tmp/first")"

configure 4 6 none >"$conf"
reload
hold "$tmp/more" 2 "$ADDR_echo"
same "more than per_source" "served=0 closed=2 waiting=0 text=no" \
    "$(cat "$tmp/more")"
release "$HOLD_PID"
SOURCE=127.0.0.2 hold "$tmp/second" 4 "$ADDR_echo"
second=$HOLD_PID
same "up to instances" "served=2 closed=2 waiting=0" "$(held "$tmp/second")"
same "the sessions" 6 "$(state echo sessions)"

# Those of the first configuration have no max_time, the new ones have.
configure 100 100 300ms >"$conf"
reload
SOURCE=127.0.0.3 hold "$tmp/third" 3 "$ADDR_echo"
third=$HOLD_PID
same "the third" "served=3 closed=0 waiting=0" "$(held "$tmp/third")"
wait_for_ends 3 'peer=127.0.0.3:.*reason=max_time'
same "those that live on" 6 "$(state echo sessions)"
release "$third"
release "$first"
wait_until 10 sessions_are echo 2 || fail "the first still count"
release "$second"
wait_until 10 sessions_are echo 0 || fail "the second still count"
wait_for_ends 9 ''

# An acceptor logs suppressed refusals when it ends.
refused() {
	REFUSED=$(state echo refused)
	TOLD=$(untimed | sed -n '/^notice refused service=echo /{
		s/.* peer=.* not_shown=/1 /p
		s/.* not_shown=/0 /p
	}' | awk '{ n += $1 + $2 } END { print n + 0 }')
	[ "$TOLD" -eq "$REFUSED" ]
}
before=$(state echo refused)
SOURCE=127.0.0.4 hold "$tmp/fourth" 104 "$ADDR_echo"
release "$HOLD_PID"
configure 100 101 none >"$conf"
reload
wait_until 10 sessions_are echo 0 || fail "the fourth still count"
wait_until 10 refused || fail "$REFUSED refused, the log says $TOLD"
[ "$REFUSED" -eq $((before + 4)) ] || fail "$REFUSED refused after $before"
stop_tined
