#!/bin/bash
# Goal of this test: a session that crashes troubles nobody else, and when
# thousands are killed at once no zombie and no count is left.
# shellcheck source=../lib/behaviour.sh
. "$(dirname "$0")/../lib/behaviour.sh"
# shellcheck source=../lib/crowd.sh
. "$(dirname "$0")/../lib/crowd.sh"
require socat python3

many=2000
[ "$WIDE_SANDBOX" = 0 ] || many=300
[ "$(ulimit -n)" -gt $((many + 50)) ] || ulimit -n $((many + 50)) ||
	skip "too few descriptors for the client"
conf=$(config <<END
defaults { listen = {"127.0.0.1:0"} per_source = 10000 instances = 10000 }
service echo { builtin = echo }
service cat { exec = {"/bin/cat"} }
END
)
start_tined -c "$conf"
acceptor=$(acceptor echo)

# One crashes.
talk "$ADDR_echo"
crash=$TALK
same "before" one "$(say "$crash" one)"
session=$(pgrep -P "$acceptor") || fail "no session"
talk "$ADDR_echo"
same "another" one "$(say "$TALK" one)"
# shellcheck disable=SC2034 # for clean_up
crashed=$session
kill -SEGV "$session"
signal=11
# Sanitizers catch it, and exit.
[ "$WIDE_SANDBOX" = 0 ] || signal='[0-9]+|exit=[1-9]'
wait_for_log "^info end service=echo .* pid=$session .*(signal=$signal)"
reply=
IFS= read -r -t 10 reply <&"$crash"
same "the client of the crashed one" "" "$reply"
same "the other one" two "$(say "$TALK" two)"
same "a line" 1 "$(count_log " pid=$session ")"
exec {TALK}>&- {crash}>&-
wait_until 10 sessions_are echo 0 || fail "still counted"

# All at once: built-ins, then programs.
children() {
	pgrep -c -P "$1"
}
no_children() {
	[ "$(children "$1")" -eq 0 ]
}
# killed SERVICE ADDRESS N
killed() {
	local pid ms
	pid=$(acceptor "$1")
	WAIT=60 hold "$tmp/$1" "$3" "$2"
	same "$1: held" "served=$3 closed=0 waiting=0" "$(held "$tmp/$1")"
	mapfile -t victims < <(pgrep -P "$pid")
	same "$1: the sessions" "$3" "${#victims[@]}"
	kill -KILL "${victims[@]}"
	ms=$(now_ms)
	wait_until 10 no_children "$pid" || fail "$1: zombies are left"
	echo "$1: reaped in $(($(now_ms) - ms)) ms"
	wait_until 5 sessions_are "$1" 0 || fail "$1: still counted"
	wait_until 10 all_told "$1" "$3" ||
		fail "$1: $ENDS ends and $LOST lost are not $3"
	release "$HOLD_PID"
	same "$1 again" hi "$(echo hi | ask "$2")"
}
all_told() {
	ENDS=$(count_log "^info end service=$1 .*signal=9")
	LOST=$(sed -n "s/^warning lost service=$1 records=\([0-9]*\).*/\1/p" \
	    "$LOG" | awk '{ n += $1 } END { print n + 0 }')
	# A standard error that could not be handed over is lost, too.
	[ "$ENDS" -le "$2" ] && [ $((ENDS + LOST)) -ge "$2" ]
}
killed echo "$ADDR_echo" "$many"
killed cat "$ADDR_cat" $((many / 4))
same "the acceptor" "$acceptor" "$(acceptor echo)"
stop_tined
exit 0
