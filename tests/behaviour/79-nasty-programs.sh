#!/bin/bash
# Goal of this test: what a program leaves behind is main's to reap, and no
# session; it may go on with the connection.
# shellcheck source=../lib/behaviour.sh
. "$(dirname "$0")/../lib/behaviour.sh"
# shellcheck source=../lib/crowd.sh
. "$(dirname "$0")/../lib/crowd.sh"
require socat

conf=$(config <<END
defaults { listen = {"127.0.0.1:0"} user = nobody }
service child {
	exec = {"/bin/sh", "-c", "sleep 1000 </dev/null >/dev/null 2>&1 & echo \$!"}
}
service holder { exec = {"/bin/sh", "-c", "(echo in; sleep 1; echo out) & :"} }
END
)
[ "$(id -u)" -eq 0 ] || sed -i 's/ user = nobody//' "$conf"
start_tined -c "$conf"

# What it leaves is no session, and no zombie in the end.
child=$(ask "$ADDR_child" </dev/null)
wait_until 10 ended 1 'service=child .* exit=0' || fail "no end of child"
same "child's sessions" 0 "$(state child sessions)"
alive "$child" || fail "what it left behind was ended"
same "its parent" "$PID" "$(ps -o ppid= -p "$child" | tr -d ' ')"
kill -KILL "$child"
wait_until 5 dead "$child" || fail "it is not reaped"

# What it leaves may go on with the connection.
same "left with the connection" "in
out" "$(ask "$ADDR_holder" </dev/null)"
wait_until 10 ended 1 'service=holder .* exit=0' || fail "no end of holder"
stop_tined
exit 0
