#!/bin/bash
# Failure case 48: an acceptor or a session is stopped (SIGSTOP): it is noticed,
# an acceptor is replaced on its socket and its sessions live on, and a stop
# takes no longer than its limits.  A main that was stopped itself kills no
# acceptor.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
. "$(dirname "$0")/../lib/failure.sh"
require socat python3

# in_time WHAT LIMIT FROM TO: how many ms from the first to the last line of the
# log with these patterns.
in_time() {
	local from to ms
	from=$(grep -E -m 1 -- "$3" "$LOG" | cut -d ' ' -f 1)
	to=$(grep -E -- "$4" "$LOG" | tail -n 1 | cut -d ' ' -f 1)
	ms=$(($(date -d "$to" +%s%3N) - $(date -d "$from" +%s%3N)))
	echo "$1: $ms ms"
	[ $ms -le "$2" ] || fail "$1: $ms ms, not $2"
}
restarts() {
	count_log '^error restarted '
}

# ----------------------------------------- held by a debugger, and all stopped

# For longer than it takes to be killed: both go on beside the other cases.
start_tined -l 127.0.0.1:0 -s daytime
traced=$PID traced_log=$LOG traced_pid=$(acceptors)
if command -v strace >/dev/null && [ "$WIDE_SANDBOX" = 0 ]; then
	inject "$traced_pid" "recvfrom:delay_enter=13000000:when=1"
	asked() {
		grep -q recvfrom "$tmp/trace"
	}
	wait_until 10 asked || fail "main does not ask it"
fi

# As a frozen cgroup, or a machine that was paused: no acceptor has answered,
# and none is killed for it.
start_conf <<END
defaults { listen = {"127.0.0.1:0"} }
service first { builtin = whoami }
service second { exec = {"/bin/cat"} }
END
paused=$PID paused_log=$LOG
mapfile -t all < <(descendants "$PID")
kill -STOP "${all[@]}"
kill -CONT "${all[@]}"
kill -STOP "${all[@]}"
paused_ms=$(now_ms)

# ----------------------------------------------------------- stopped acceptors

start_conf <<END
drain_timeout = 1s
defaults { listen = {"127.0.0.1:0"} idle_timeout = none }
service echo { builtin = echo }
service cat { exec = {"/bin/cat"} }
service old { builtin = echo }
service apart { builtin = echo }
END
talk "$ADDR_echo"
held=$TALK
same "before" one "$(say "$held" one)"
talk "$ADDR_cat"
program=$TALK
same "before" one "$(say "$program" one)"
for service in echo cat; do
	eval "$service=\$(acceptor $service)"
done
# Main pings them at each multiple of 5 s, and when they are stopped: not while it
# waits for an answer to the former, or the kill comes 5 s later.
between_pings() {
	local ms
	ms=$(python3 -c 'import time
print(time.monotonic_ns() // 1000000 % 5000)')
	[ "$ms" -gt 500 ] && [ "$ms" -lt 4500 ]
}
wait_until 10 between_pings || fail "no time between two pings"
# shellcheck disable=SC2154 # set above
kill -STOP "$echo" "$cat"
# And a session of a built-in, which would never end.
talk "$ADDR_apart"
apart=$TALK
same "before" one "$(say "$apart" one)"
session=$(pgrep -P "$(acceptor apart)") || fail "no session"
kill -STOP "$session"
# Clients wait in the backlog meanwhile.
start=$(now_ms)
same "a client that waits" hi "$(ask "$ADDR_echo" 20 <<<hi)"
took=$(($(now_ms) - start))
echo "the next one serves after $took ms"
[ $took -le 11000 ] || fail "the next one serves after $took ms"
wait_until 20 new_acceptor cat "$cat" || fail "cat is not replaced"
same "a client" hi "$(ask "$ADDR_cat" 20 <<<hi)"
wait_for_log "^error .*echo: the acceptor $echo was stopped"
wait_for_log "^error restarted service=echo pid=$echo .*signal 9"
same "its session" two "$(say "$held" two)"
same "the program's session" two "$(say "$program" two)"
same "acceptors that were killed" 2 "$(restarts)"
exec {held}>&- {program}>&-
wait_until 10 sessions_are echo 0 || fail "it is still counted"

# -------------------------------------------------------- one that only drains

talk "$ADDR_old"
held=$TALK
same "before" one "$(say "$held" one)"
old=$(acceptor old)
sed -i 's/service old .*/service old { builtin = echo per_source = 3 }/' "$conf"
kill -STOP "$old"
kill -HUP "$PID"
wait_for_log '^notice reloaded'
# What it held open is closed with it.
wait_until 15 gone "$old" || fail "it lives, and holds its port"
same "its session" two "$(say "$held" two)"
exec {held}>&-
wait_until 10 sessions_are old 0 || fail "it is still counted"

wait_for_log "^info end service=apart .* pid=$session .*signal=9 reason=stopped" 20
exec {apart}>&-

# --------------------------------- the debugger lets go, and all are continued

over() {
	[ $(($(now_ms) - paused_ms)) -ge 12000 ]
}
wait_until 13 over
kill -CONT "${all[@]}"
answer=$(ask "$ADDR_first" 30 </dev/null) || fail "no answer after the pause"
grep -q '^service: first$' <<<"$answer" || fail "after the pause: $answer"
same "the other one" hi "$(ask "$ADDR_second" 30 <<<hi)"
if [ -n "${STRACE:-}" ]; then
	wait_until 10 grep -q DELAYED "$tmp/trace" || fail "it was not held"
	[ -n "$(ask "$ADDR_daytime" 30 </dev/null)" ] || fail "no answer"
	eject
fi
same "the acceptor that was traced" "$traced_pid" "$(acceptors "$traced")"
! grep ' error ' "$traced_log" "$paused_log" ||
	fail "a debugger or a pause is an error"
stop_tined "$traced"
stop_tined "$paused"

# ----------------------------------------------------------------------- stops

# Stopped acceptors are continued, stopped sessions ended: drain_timeout, and 5
# s for a built-in's, which takes no TERM while it is stopped.
talk "$ADDR_echo"
same "before" one "$(say "$TALK" one)"
session=$(pgrep -P "$(acceptor echo)") || fail "no session"
talk "$ADDR_cat"
same "before" one "$(say "$TALK" one)"
program=$(pgrep -P "$(acceptor cat)") || fail "no session"
kill -STOP "$(acceptor echo)" "$(acceptor cat)" "$session" "$program"
kill -TERM "$PID"
wait_for_log "^info end service=cat .* pid=$program .*signal=15 reason=drain_timeout"
wait_for_log "^info end service=echo .* pid=$session .*signal=9 reason="
wait_exit "$PID" 10 || fail "exit status $?"
in_time "a stop" 8000 ' notice draining' ' notice stopped'

# Without a session it is over at once.
start_tined -l 127.0.0.1:0 -s echo
kill -STOP "$(acceptors)"
kill -TERM "$PID"
wait_exit "$PID" 20 || fail "exit status $?"
in_time "a stop without a session" 3000 ' notice draining' ' notice stopped'
exit 0
