#!/bin/bash
# Goal of this test: without -f the command returns when the daemon is ready, and it is one.
# shellcheck source=../lib/behaviour.sh
. "$(dirname "$0")/../lib/behaviour.sh"
require socat setsid

pid_file=$tmp/tined.pid
file=$(config <<END
pid_file = "$pid_file"
service echo { listen = {"unix:$tmp/s"} builtin = echo }
END
)
cd "$tmp" || exit 99
# With a pipe as its output, which the daemon must not hold open.
out=$(timeout 20 "$TINED" -c "$(basename "$file")" 2>&1 9>"$tmp/ready" -r 9)
same "exit status" 0 $?
same "what the command printed" "" "$out"
daemon=$(cat "$pid_file") || fail "no pid file"
record "$daemon"
same "the ready line" "echo unix:$tmp/s" "$(cat "$tmp/ready")"
# No waiting: it is ready.
same "echo" hello "$(echo hello | ask "unix:$tmp/s")"

# One of its own session, without a terminal, in no directory of anyone's.
read -r ppid sid tty < <(ps -o ppid=,sid=,tty= -p "$daemon")
[ "$ppid" != $$ ] || fail "it has not left its parent"
same "its session" "$daemon" "$sid"
same "its terminal" '?' "$tty"
same "its directory" / "$(readlink "/proc/$daemon/cwd")"
for fd in 0 1 2; do
	same "descriptor $fd" /dev/null "$(readlink "/proc/$daemon/fd/$fd")"
done
for pid in $(descendants "$daemon"); do
	find "/proc/$pid/fd" -lname "$tmp/ready" | grep . && fail "$pid has -r's"
done

kill -HUP "$daemon"	# the relative name still means the same file
same "echo after a reload" hello "$(echo hello | ask "unix:$tmp/s")"
kill -TERM "$daemon"
wait_until 10 dead "$daemon" || fail "it does not stop"
[ ! -e "$pid_file" ] || fail "the pid file was left"
[ ! -e "$tmp/s" ] || fail "the socket was left"
