#!/bin/bash
# Goal of this test: what a program leaves behind is its acceptor's to reap, then
# main's, and is not a session; it may go on with the connection.
. "$(dirname "$0")/../lib/behaviour.sh"
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
wait_for_ends 1 'service=child .* exit=0'
same "child's sessions" 0 "$(state child sessions)"
alive "$child" || fail "what it left behind was ended"
parent() {
	ps -o ppid= -p "$1" | tr -d ' '
}
same "its parent" "$(acceptor child)" "$(parent "$child")"
wait_until 10 leftovers_are child 1 ||
	fail "$(state child leftovers) leftovers"
kill -KILL "$child"
wait_until 5 dead "$child" || fail "it is not reaped"

# What outlives its acceptor is main's, and counted without its service.
child=$(ask "$ADDR_child" </dev/null)
wait_for_ends 2 'service=child .* exit=0'
acceptor=$(acceptor child)
kill -KILL "$acceptor"
wait_until 20 new_acceptor child "$acceptor" || fail "no restart"
same "its new parent" "$PID" "$(parent "$child")"
wait_until 10 leftovers_are child 0 || fail "$(state child leftovers) leftovers"
wait_for_log '^notice state leftovers=1$'
kill -KILL "$child"
wait_until 5 dead "$child" || fail "main does not reap it"

# What it leaves may go on with the connection.
same "left with the connection" "in
out" "$(ask "$ADDR_holder" </dev/null)"
wait_for_ends 1 'service=holder .* exit=0'
stop_tined
