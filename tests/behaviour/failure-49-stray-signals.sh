#!/bin/bash
# Failure case 49: signals that are sent to every process of a unit, as
# `systemctl kill -s USR1 tined` does: nothing is lost, and main does what the
# manual says.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
. "$(dirname "$0")/../lib/failure.sh"
require socat python3

start_conf <<END
defaults { per_source = 4096 }
service echo { listen = {"127.0.0.1:0"} builtin = echo }
service discard { listen = {"127.0.0.1:0"} builtin = discard acceptors = 2 }
END
remember

# One session of each acceptor, and one that main has adopted.
talk "$ADDR_echo"
adopted=$TALK
same "before" one "$(say "$adopted" one)"
acceptor=$(acceptor echo)
kill -KILL "$acceptor"
wait_until 10 new_acceptor echo "$acceptor" || fail "echo is not restarted"
wait_for_log '^error restarted service=echo '
talk "$ADDR_echo"
held=$TALK
same "before" two "$(say "$held" two)"
mapfile -t before < <(descendants "$PID" | sort)
errors=$(count_log '^(error|warning) ')

# to_all SIGNAL...: to main, the logger, acceptors and sessions, one signal
# after the other.
to_all() {
	local signal pid
	for signal; do
		for pid in "${before[@]}"; do
			kill -s "$signal" "$pid" ||
				fail "$signal: $pid has gone before"
		done
	done
}

# lives WHEN: whether every process does, and both sessions answer.
lives() {
	local pid
	for pid in "${before[@]}"; do
		[ "$(ps -o state= -p "$pid")" != T ] || fail "$1: $pid is stopped"
		! gone "$pid" || fail "$1: $pid is gone: $(wc -l <"$LOG") lines"
	done
	same "the session, $1" "$1" "$(say "$held" "$1")"
	same "the adopted session, $1" "$1" "$(say "$adopted" "$1")"
	echoes "$ADDR_echo" "$1"
}

# ------------------------------------------------------------- what main hears

reloads=$(count_log '^notice reloaded')
to_all HUP
reloaded() {
	[ "$(count_log '^notice reloaded')" -gt "$reloads" ]
}
wait_until 10 reloaded || fail "HUP: no reload"
lives HUP

to_all USR1
wait_for_log '^notice state service=echo '
lives USR1

for name in USR2 ALRM; do
	to_all "$name"
	wait_for_log "^notice signal name=SIG$name msg=ignored$"
	lives "$name"
done
# However often it comes.
for _ in {1..50}; do
	to_all USR2
done
lives often
[ "$(count_log 'name=SIGUSR2 ')" -le $((3 + SECONDS)) ] ||
	fail "$(count_log 'name=SIGUSR2 ') notices in $SECONDS s"

# ------------------------------------------------- what is nothing to anybody

stray=(PIPE WINCH VTALRM PROF IO URG CONT PWR STKFLT XCPU XFSZ RTMIN RTMAX)
for name in "${stray[@]}" 40; do
	to_all "$name"
	lives "$name"
done
# Main does stop where a terminal tells it to, and so it does by INT and QUIT;
# the two that libc uses itself are opened by what looks users up.
all=("${before[@]}")
mapfile -t before < <(printf '%s\n' "${all[@]}" | grep -vx "$PID")
for name in TSTP TTIN TTOU INT QUIT 32 33; do
	to_all "$name"
	lives "$name"
done
before=("${all[@]}")
same "errors" "$errors" "$(count_log '^(error|warning) ')"

# ------------------------------------------------------------------ under load

start_load "$tmp/load" "$ADDR_echo"
for _ in {1..20}; do
	to_all USR1 USR2 ALRM PIPE WINCH
	kill -s USR2 "$(descendants "$PID" | tail -n 1)" 2>/dev/null
done
# Sessions as they come and go.
for _ in {1..50}; do
	mapfile -t now < <(descendants "$PID")
	kill -s USR1 "${now[@]}" 2>/dev/null
	kill -s HUP "${now[@]}" 2>/dev/null
done
end_load
same "connections that failed, of $DONE" 0 "$FAILED"
lives load
same "errors" "$errors" "$(count_log '^(error|warning) ')"
same "sessions that a signal has ended" 0 "$(count_log '^info end .*signal=')"

# ------------------------------------------------------------------------ QUIT

# Those without a session may have gone before it comes to them.
kill -s QUIT "${before[@]}" 2>/dev/null
wait_for_log '^notice draining sessions=2$'
same "the session, draining" last "$(say "$held" last)"
same "the adopted session, draining" last "$(say "$adopted" last)"
exec {held}>&- {adopted}>&-
status=0
wait_exit "$PID" 10 || status=$?
same "the exit status" 0 "$status"
in_log -q '^notice stopped' || fail "its end is not logged"
same "sessions that a signal has ended" 0 "$(count_log '^info end .*signal=')"
