#!/bin/bash
# Failure case 18: main is killed: its acceptors drain and end, and a new main
# starts at once; no lock and no port is held.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
. "$(dirname "$0")/../lib/failure.sh"
require socat

# The port is asked for a second time: the address is this test's alone.
conf=$(config <<END
pid_file = "$tmp/pid"
drain_timeout = 5s
service echo {
	listen = {"127.47.0.1:0", "unix:$tmp/echo"}
	builtin = echo
}
service cat { listen = {"127.0.0.1:0"} exec = {"/bin/cat"} }
END
)
start_tined -c "$conf"
same "the pid file" "$PID" "$(cat "$tmp/pid")"
first=$PID
mapfile -t children < <(descendants "$PID" | grep -vx "$PID")
for pid in "${children[@]}"; do
	record "$pid"
done
[ ${#children[@]} -eq 3 ] || fail "${#children[@]} processes are not 3"
talk "$ADDR_echo"
echo_fd=$TALK
same "echo" one "$(say "$echo_fd" one)"
talk "$ADDR_cat"
same "cat" one "$(say "$TALK" one)"

kill -KILL "$first"
wait "$first" 2>/dev/null
sed -i "s/127.47.0.1:0\", /127.47.0.1:$(port "$ADDR_echo")\", /" "$conf"
start=$(now_ms)
start_tined -c "$conf"
echo "a new main is ready after $(($(now_ms) - start)) ms"
same "the new pid file" "$PID" "$(cat "$tmp/pid")"
same "the new one" hi "$(echo hi | ask "$ADDR_echo")"
same "the new one's Unix socket" hi "$(echo hi | ask "unix:$tmp/echo")"
same "an old session" two "$(say "$echo_fd" two)"

# One that finishes, one that must be ended.
exec {echo_fd}>&-
all_dead() {
	local pid
	for pid in "${children[@]}"; do
		gone "$pid" || return 1
	done
}
wait_until 20 all_dead || fail "something of the killed one lives on"
reply=
IFS= read -r -t 20 reply <&"$TALK"
same "the session that was ended" "" "$reply"
# The draining acceptors neither ended nor removed anything of others.
remember
same "the new one still" hi "$(echo hi | ask "$ADDR_echo")"
unchanged
same "errors" 0 "$(count_log '^error')"
stop_tined
[ ! -e "$tmp/echo" ] || fail "the Unix socket is left"
