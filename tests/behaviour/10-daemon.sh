#!/bin/bash
# Goal of this test: without -f the command returns when the daemon is ready, in
# a session of its own.
. "$(dirname "$0")/../lib/behaviour.sh"
require socat setsid

pid_file=$tmp/tined.pid
file=$(config <<END
pid_file = "$pid_file"
service echo { listen = {"unix:$tmp/s"} builtin = echo }
END
)
cd "$tmp" || exit 99
mkfifo "$tmp/pipe"
cat "$tmp/pipe" >"$tmp/printed" &
reader=$!
record $reader
timeout 20 "$TINED" -c "$(basename "$file")" -r 9 9>"$tmp/ready" \
	</dev/null >"$tmp/pipe" 2>&1
same "exit status" 0 $?
daemon=$(cat "$pid_file") || fail "no pid file"
record "$daemon"
same "the ready line" "echo unix:$tmp/s" "$(cat "$tmp/ready")"
# It is ready at once.
same "echo" hello "$(echo hello | ask "unix:$tmp/s")"

# Its own session, no terminal, the root directory.
read -r ppid sid tty < <(ps -o ppid=,sid=,tty= -p "$daemon")
[ "$ppid" != $$ ] || fail "it has not left its parent"
same "its session" "$daemon" "$sid"
same "its terminal" '?' "$tty"
if sees "$daemon"; then
	same "its directory" / "$(readlink "/proc/$daemon/cwd")"
	for fd in 0 1 2; do
		same "descriptor $fd" /dev/null \
		    "$(readlink "/proc/$daemon/fd/$fd")"
	done
	for pid in $(descendants "$daemon"); do
		find "/proc/$pid/fd" -lname "$tmp/ready" | grep . &&
			fail "$pid has -r's"
	done
fi

# Nor does any of them hold the pipe that the command wrote to, so that its
# reader comes to the end; a sanitizer reports to standard error.
if [ "$WIDE_SANDBOX" = 0 ]; then
	wait_until 10 dead "$reader" || fail "the output is held open"
	same "what the command printed" "" "$(cat "$tmp/printed")"
fi

kill -HUP "$daemon"	# the relative name still means the same file
same "echo after a reload" hello "$(echo hello | ask "unix:$tmp/s")"
kill -TERM "$daemon"
wait_until 10 dead "$daemon" || fail "it does not stop"
[ ! -e "$pid_file" ] || fail "the pid file was left"
[ ! -e "$tmp/s" ] || fail "the socket was left"
