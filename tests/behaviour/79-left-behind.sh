#!/bin/bash
# Goal of this test: what a program leaves behind is not a session and is not
# ended with it; it is reaped by its acceptor, then by main, and may go on with
# the connection.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/programs.sh"
. "$(dirname "$0")/../lib/crowd.sh"
. "$(dirname "$0")/../lib/failure.sh"
require socat setsid

# One in its group, one in a session of its own.
leaves=$(program leaves <<'END'
#!/bin/sh
sleep 300 </dev/null >/dev/null 2>&1 &
echo $!
setsid sleep 300 </dev/null >/dev/null 2>&1 &
echo $!
END
)
start_conf <<END
defaults { listen = {"127.0.0.1:0"} instances = 1 when_full = refuse }
service leaves { exec = {"$leaves"} }
service holder { exec = {"/bin/sh", "-c", "(echo in; sleep 1; echo out) & :"} }
END
parent() {
	ps -o ppid= -p "$1" | tr -d ' '
}

# The place of their session is free while they run.
children=()
for n in 1 2; do
	mapfile -t -O ${#children[@]} children < <(ask "$ADDR_leaves" </dev/null)
	same "children that were left" $((2 * n)) "${#children[@]}"
	wait_for_ends "$n" "service=leaves .*exit=0"
	wait_until 10 sessions_are leaves 0 || fail "a session is counted"
done
wait_until 10 leftovers_are leaves 4 ||
	fail "$(state leaves leftovers) leftovers"
acceptor=$(acceptor leaves)
for pid in "${children[@]}"; do
	record "$pid"
	same "its parent" "$acceptor" "$(parent "$pid")"
done
# When they end they are reaped.
kill -KILL "${children[@]:0:2}"
wait_until 5 no_zombies || fail "$(zombies) zombies"

# Leftovers of a dead acceptor are main's, and counted without their service.
kill -KILL "$acceptor"
wait_until 20 new_acceptor leaves "$acceptor" || fail "no restart"
same "its new parent" "$PID" "$(parent "${children[2]}")"
wait_until 10 leftovers_are leaves 0 ||
	fail "$(state leaves leftovers) leftovers"
wait_for_log "^notice state leftovers=2$"
kill -KILL "${children[@]:2}"
wait_until 5 no_zombies || fail "main does not reap it: $(zombies) zombies"
same "ends" 2 "$(count_log '^info end service=leaves ')"

# A leftover may go on with the connection.
same "left with the connection" "in
out" "$(ask "$ADDR_holder" </dev/null)"
wait_for_ends 1 'service=holder .* exit=0'
stop_tined
