#!/bin/bash
# Goal of this test: main sees the end of its logger, of an acceptor and of a
# session that it has adopted even if the SIGCHLD is lost:
# a debugger that lets go of main just then swallows it (`strace -p`, then ^C).
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
. "$(dirname "$0")/../lib/failure.sh"
require socat python3

start_tined -l 127.0.0.1:0 -s echo

# A busy main may consume the signal without its delivery.
swallowed_or_seen() {
	grep -qs '^swallowed' "$tmp/tracer" || has_lines 1 "$1"
}

# lost PID PATTERN: that child of main is killed, main gets no signal, and
# says PATTERN all the same.
lost() {
	local start tracer
	rm -f "$tmp/tracer"
	python3 "$top_srcdir/tests/lib/intrude.py" swallow "$PID" \
	    >"$tmp/tracer" 2>&1 &
	tracer=$!
	record "$tracer"
	wait_until 10 grep -qs '^attached\|Error' "$tmp/tracer" || :
	grep -q '^attached' "$tmp/tracer" || {
		grep -q PermissionError "$tmp/tracer" && skip "no ptrace"
		fail "the tracer: $(cat "$tmp/tracer")"
	}
	kill -KILL "$1"
	start=$(now_ms)
	wait_until 10 swallowed_or_seen "$2" ||
		fail "no SIGCHLD: $(cat "$tmp/tracer")"
	kill -TERM "$tracer" 2>/dev/null
	wait "$tracer"
	wait_for_log "$2" 20
	echo "$2: after $(($(now_ms) - start)) ms"
}

lost "$(logger)" '^error restarted process=logger'

talk "$ADDR_echo"
same "before" one "$(say "$TALK" one)"
acceptor=$(acceptor echo)
session=$(pgrep -P "$acceptor") || fail "no session"
lost "$acceptor" "^error restarted service=echo pid=$acceptor "
wait_until 20 new_acceptor echo "$acceptor" || fail "echo is not restarted"
same "adopted" two "$(say "$TALK" two)"
lost "$session" "^info end service=echo .* pid=$session .*signal=9"
exec {TALK}>&-
echoes "$ADDR_echo" "afterwards"
wait_until 10 no_zombies || fail "$(zombies) zombies"
wait_until 10 sessions_are echo 0 || fail "a session is counted"
stop_tined
