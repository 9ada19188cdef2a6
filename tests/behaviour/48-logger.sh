#!/bin/bash
# Goal of this test: a logger that is killed is replaced, and one that is stuck
# holds up nobody; what is lost is counted.
# shellcheck source=../lib/behaviour.sh
. "$(dirname "$0")/../lib/behaviour.sh"
# shellcheck source=../lib/crowd.sh
. "$(dirname "$0")/../lib/crowd.sh"
require socat python3

logger() {
	pgrep -P "$PID" -f '^tined: logger'
}
another_logger() {
	local now
	now=$(logger) && [ "$now" != "$1" ]
}

conf=$(config <<END
service echo { listen = {"127.0.0.1:0"} builtin = echo instances = 8 }
service cat { listen = {"127.0.0.1:0"} exec = {"/bin/cat"} }
END
)

# Killed.
start_tined -c "$conf"
pid=$(logger) || fail "no logger"
kill -KILL "$pid"
same "without a logger" hi "$(echo hi | ask "$ADDR_echo")"
wait_until 10 another_logger "$pid" || fail "the logger is not restarted"
wait_for_log '^error restarted process=logger'
wait_for_log '^info end service=echo '

# Stuck: serving goes on, so do restarts and reloads.
pid=$(logger)
kill -STOP "$pid"
start_load "$tmp/load" "$ADDR_echo"
old=$(acceptor cat)
kill -KILL "$old"
wait_until 10 new_acceptor cat "$old" || fail "no restart"
sed -i 's/instances = 8/instances = 9/' "$conf"
old=$(acceptor echo)
kill -HUP "$PID"
wait_until 10 new_acceptor echo "$old" || fail "no reload"
same "cat" hi "$(echo hi | ask "$ADDR_cat")"
end_load
same "the connections that failed" 0 "$FAILED"
kill -CONT "$pid"
wait_for_log '^notice reloaded'
wait_for_log '^error restarted service=cat '
stop_tined

# Told of more than its socket has room for, at its start and at the next one's.
{
	for n in 1 2 3 4 5 6 7 8; do
		echo "service s$n { builtin = echo"
		for i in $(seq 60); do
			echo "listen += {\"unix:$tmp/s$n.$i\"}"
		done
		echo "}"
	done
} >"$conf"
start_tined -c "$conf"
for round in 1 2; do
	for n in 1 4 8; do
		same "s$n" hi "$(echo hi | ask "unix:$tmp/s$n.60")"
		wait_for_lines "$round" \
		    "^info end service=s$n .* local=unix:$tmp/s$n.60 "
	done
	pid=$(logger)
	kill -KILL "$pid"
	wait_until 10 another_logger "$pid" || fail "the logger is not restarted"
done
stop_tined

# Standard error is a pipe that nobody reads: nothing waits but the logger.
# Then what has been lost is said.
cat >"$tmp/many.py" <<'END'
import socket, sys
for _ in range(int(sys.argv[2])):
    s = socket.socket(socket.AF_UNIX)
    s.connect(sys.argv[1])
    s.shutdown(socket.SHUT_WR)
    while s.recv(4096):
        pass
    s.close()
END
cat >"$conf" <<END
log_level = debug
service echo { listen = {"unix:$tmp/echo"} builtin = echo instances = 8 }
END
mkfifo "$tmp/stderr" "$tmp/ready"
exec {pipe}<>"$tmp/stderr"
"$TINED" -f -c "$conf" -r 9 2>"$tmp/stderr" 9<>"$tmp/ready" {pipe}>&- &
PID=$!
record "$PID"
wait_until 10 test -S "$tmp/echo" || fail "it does not listen"
python3 "$tmp/many.py" "$tmp/echo" 6000 || fail "serving does not go on"
old=$(acceptor echo)
sed -i 's/instances = 8/instances = 9/' "$conf"
kill -HUP "$PID"
wait_until 10 new_acceptor echo "$old" || fail "no reload"
python3 "$tmp/many.py" "$tmp/echo" 100 || fail "no serving after a reload"
timeout 30 cat <"$tmp/stderr" >"$tmp/read" {pipe}>&- &
reader=$!
record "$reader"
exec {pipe}>&-
lost() {
	LOST=$(sed -n 's/^warning lost .*records=\([0-9]*\).*/\1/p' \
	    "$tmp/read" | awk '{ n += $1 } END { print n + 0 }')
	ENDS=$(grep -c '^info end ' "$tmp/read")
	STARTS=$(grep -c '^debug start ' "$tmp/read")
	[ $((LOST + ENDS + STARTS)) -eq 12200 ]
}
wait_until 10 lost ||
	fail "$ENDS ends, $STARTS starts and $LOST lost are not 12200"
echo "$LOST were lost"
[ "$LOST" -gt 0 ] || fail "nothing was lost by a reader that does not read"
exec 5<>"$tmp/stderr"	# and stuck again
kill -KILL "$reader" 2>/dev/null
python3 "$tmp/many.py" "$tmp/echo" 1000 || fail "serving does not go on"
stop_tined
exit 0
