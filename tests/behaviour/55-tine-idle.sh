#!/bin/bash
# Goal of this test: tine bench -H holds idle connections while it works, in as
# many processes as it takes, knows which it has lost, and leaves none behind.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/client.sh"
require ss python3

sessions() {
	pgrep -c -P "$PEER_PID" || :
}
has_sessions() {
	[ "$(sessions)" -ge "$1" ]
}
no_sessions() {
	[ "$(sessions)" = 0 ]
}

peer echo
(
	ulimit -n 80
	exec "$TINE" bench --json -H 200 -c 4 -q 0 -d 60 "$PEER" >"$tmp/out"
) &
pid=$!
record $pid
wait_until 10 has_sessions 204 || fail "$(sessions) sessions, not 204"
[ "$(pgrep -c -P $pid)" -ge 4 ] || fail "$(pgrep -c -P $pid) processes"
wait_until 10 has_threads $pid || fail "it does not work"
sleep 1	# it works while they are held
kill -TERM $pid
wait_exit $pid 40 || fail "exit status $?"
same "held" 200 "$(figure idle_held <"$tmp/out")"
same "lost" 0 "$(figure idle_lost <"$tmp/out")"
same "errors" 0 "$(figure errors <"$tmp/out")"
wait_until 10 no_sessions || fail "$(sessions) sessions are left"

# What the server ends is counted.
"$TINE" bench --json -H 20 -c 0 -d 60 "$PEER" >"$tmp/out" &
pid=$!
record $pid
wait_until 10 has_sessions 20 || fail "$(sessions) sessions, not 20"
# all have been asked once the holder reports; then the load of none begins
wait_until 10 has_threads $pid || fail "it does not work"
pgrep -P "$PEER_PID" | head -n 5 | xargs kill -KILL
fifteen() {
	[ "$(sessions)" = 15 ]
}
wait_until 10 fifteen || fail "$(sessions) sessions, not 15"
kill -TERM $pid
status=0
wait_exit $pid 40 || status=$?
same "exit status" 1 "$status"
same "held" 20 "$(figure idle_held <"$tmp/out")"
same "lost" 5 "$(figure idle_lost <"$tmp/out")"

# Idle connections that cannot be opened do not prevent the load.
end_peer
peer never
run "$TINE" bench --json -H 2 -c 1 -N 1 -w 100ms "$PEER"
expect "idle connections that are not answered" 1
same "not opened" 2 "$(figure idle_failed <"$tmp/out")"

# The holders end with their parent, however it ends.
end_peer
peer echo
"$TINE" bench -H 10 -c 0 -d 60 "$PEER" >/dev/null &
pid=$!
wait_until 10 has_sessions 10 || fail "no idle connections"
disown $pid
kill -KILL $pid
wait_until 10 no_sessions || fail "holders live on"

# Of a Unix socket whose backlog is full each waits for its place, up to -w.
end_peer
conf=$(config <<CONF
service echo { listen = {"unix:$tmp/s"} builtin = echo backlog = 1 }
CONF
)
start_tined -c "$conf"
acceptor=$(acceptors)
kill -STOP "$acceptor"
python3 - "$tmp/s" >"$tmp/full" <<'END' &
import signal, socket, sys
held = []
while True:
    held.append(socket.socket(socket.AF_UNIX))
    held[-1].setblocking(False)
    try:
        held[-1].connect(sys.argv[1])
    except BlockingIOError:
        print("full", flush=True)
        signal.pause()
END
full=$!
record "$full"
wait_until 10 test -s "$tmp/full" || fail "the backlog is not full"
start=$(now_ms)
run "$TINE" bench --json -H 1 -c 0 -d 100ms -w 1s "unix:$tmp/s"
took=$(($(now_ms) - start))
expect "an idle connection to a full backlog" 1
same "not opened" 1 "$(figure idle_failed <"$tmp/out")"
[ "$took" -ge 1000 ] || fail "it gave up after $took ms"
kill -CONT "$acceptor"
kill "$full"
stop_tined
