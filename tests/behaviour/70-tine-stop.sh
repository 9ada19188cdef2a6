#!/bin/bash
# Goal of this test: tine stop stops as SIGTERM does and returns when tined has
# ended; a second one cuts the drain.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/client.sh"
require socat

control=$tmp/control
serve=(-o "control_socket=$control" -o drain_timeout=20s -l 127.0.0.1:0 -s echo)
stop() {
	run "$TINE" stop --socket "$control" "$@"
}
# all_ended WHEN: main and all its children have ended already.
all_ended() {
	local status=0
	not_ours "$PID" || fail "$1: tined lives"
	wait "$PID" || status=$?
	same "$1: tined's exit status" 0 "$status"
	[ ! -e "$control" ] || fail "$1: the control socket is left"
	[ ! -e "$control.lock" ] || fail "$1: its lock file is left"
}

start_tined "${serve[@]}"
stop
expect "stop" 0
same "what it says" stopped "$(cat "$tmp/out")"
all_ended "a stop"
[ "$(count_log "^notice command verb=stop uid=$(id -u) pid=")" = 1 ] ||
	fail "no event"
same "stops" 1 "$(count_log '^notice stopped')"
stop
expect "no daemon to stop" 69

start_tined "${serve[@]}"
stop --json
expect "stop --json" 0
same "its JSON" '{"command": "stop", "exit": 0, "result": "stopped", "messages": ["draining, sessions: 0"]}' \
    "$(cat "$tmp/out")"
all_ended "a stop with --json"

# A daemon has it as well.
conf=$(config <<END
control_socket = "$control"
pid_file = "$tmp/pid"
log_target = syslog
service echo { listen = {"unix:$tmp/echo"} builtin = echo }
END
)
"$TINED" -c "$conf" || fail "no daemon"
daemon=$(cat "$tmp/pid")
record "$daemon"
run "$TINE" reload --socket "$control"
expect "the daemon's reload" 0
stop
expect "the daemon's stop" 0
# Its new parent may not have reaped it yet.
ps -o stat=,args= -p "$daemon" | grep -v '^Z' && fail "the daemon lives"
[ ! -e "$tmp/pid" ] || fail "its pid file is left"
[ ! -e "$tmp/echo" ] || fail "its listener is left"

# hold: a session that does not end by itself.
hold() {
	start_tined "${serve[@]}"
	exec {session}<>"/dev/tcp/127.0.0.1/$(port "$ADDR_echo")"
	echo hi >&"$session"
	read -r reply <&"$session"
	same "the echo" hi "$reply"
}

# It waits for the drain; a second one cuts it short.
hold
"$TINE" stop --socket "$control" >"$tmp/first.out" 2>"$tmp/first.err" &
first=$!
record "$first"
wait_until 10 test -s "$tmp/first.err" || fail "it says nothing"
same "what it says at once" "draining, sessions: 1" "$(cat "$tmp/first.err")"
alive "$first" || fail "it has not waited for the session"
echo more >&"$session"
read -r reply <&"$session"
same "the echo while it drains" more "$reply"
before=$(now_ms)
stop
expect "the second" 0
ms=$(($(now_ms) - before))
[ "$ms" -lt 15000 ] || fail "the second one took $ms ms"
all_ended "two stops"
status=0
wait_exit "$first" || status=$?
same "the first" 0 "$status"
same "the first says" stopped "$(cat "$tmp/first.out")"
exec {session}>&-

# It need not wait.
hold
stop --no-wait
expect "stop --no-wait" 0
same "what it says" stopping "$(cat "$tmp/out")"
alive "$PID" || fail "tined has ended"
wait_for_log '^notice draining sessions=1$'
# A reload is too late now.
run "$TINE" reload --socket "$control"
expect "a reload while it stops" 69
says err '^tine: tined is stopping$'
exec {session}>&-
wait_exit "$PID" 10 || fail "it does not stop"

# A main that does not respond is waited for until the timeout.
start_tined "${serve[@]}"
kill -STOP "$PID"
stop --timeout 200ms
kill -CONT "$PID"
expect "main is stopped" 69
says err 'not done within 200 ms'
# The command is executed nevertheless.
wait_exit "$PID" 10 || fail "it does not stop"
stop --nonsense
expect "a wrong option" 64
exit 0
