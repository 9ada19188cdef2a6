#!/bin/bash
# Failure case 15: SIGTERM while it accepts, forks and logs: it drains; a second
# one cuts; the exit status is 0 and each session that began has its end logged.
. "$(dirname "$0")/../lib/behaviour.sh"
# LeakSanitizer does not work in what strace traces to its end.
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0"
. "$(dirname "$0")/../lib/crowd.sh"
. "$(dirname "$0")/../lib/failure.sh"
require socat python3 strace

# stopped SECONDS: with 0, and nothing is left of it.
stopped() {
	local status=0 pid
	wait_exit "$PID" "$1" || status=$?
	same "the exit status" 0 "$status"
	in_log -q '^notice stopped' || fail "its end is not logged"
	! in_log -q '^error' || fail "errors in the log"
	for pid in $SERVERS; do
		dead "$pid" || fail "$pid is left"
	done
	same "starts and ends" "$(count_log '^debug start ')" \
	    "$(count_log '^info end ')"
}
conf=$(config <<END
drain_timeout = 1h
log_level = debug
service echo { listen = {"127.0.0.1:0"} builtin = echo }
service cat { listen = {"127.0.0.1:0"} exec = {"/bin/cat"} }
END
)

# The acceptor is held in the call when the signals come.
while read -r service call; do
	start_tined -c "$conf"
	SERVERS=$(servers)
	address=ADDR_$service
	acceptor=$(acceptor "$service")
	inject "$acceptor" "$call:delay_enter=200000"
	talk "${!address}"
	same "$call: before" one "$(say "$TALK" one)"
	(ask "${!address}" <<<hi >"$tmp/asked" 2>&1) {TALK}>&- &
	asking=$!
	wait_until 5 traced_stop "$acceptor" || fail "it is not held in $call"
	kill -TERM "$PID"
	wait_for_log '^notice draining'
	same "$service, $call: while it drains" two "$(say "$TALK" two)"
	alive "$PID" || fail "$service, $call: one signal is enough to cut"
	kill -TERM "$PID"
	stopped 20
	wait_exit "$STRACE"
	wait "$asking"
	wait_for_log "end service=$service .* signal=15 reason=drain_timeout" 1
	exec {TALK}>&-
	echo "$service: stopped in $call"
done <<'END'
echo accept4
echo clone
echo write
cat accept4
cat write
END

# While main itself reaps, and while it writes.
for call in wait4 waitid write; do
	start_tined -c "$conf"
	SERVERS=$(servers)
	inject "$PID" "$call:delay_enter=100000"
	talk "$ADDR_echo"
	same "before" one "$(say "$TALK" one)"
	kill -TERM "$PID"
	kill -INT "$PID"
	stopped 20
	wait_exit "$STRACE"
	exec {TALK}>&-
	echo "main: stopped in $call"
done

# One signal of each kind; a program is ended as well.
start_tined -c "$conf"
SERVERS=$(servers)
talk "$ADDR_cat"
same "before" one "$(say "$TALK" one)"
kill -INT "$PID"
wait_for_log '^notice draining sessions=1$'
same "while it drains" two "$(say "$TALK" two)"
kill -TERM "$PID"
stopped 10
wait_for_log '^info end service=cat .* signal=15 reason=drain_timeout' 1
exec {TALK}>&-

# At any moment, under load and without, once and twice.
sed -i 's/= 1h/= 500ms/' "$conf"
for n in {1..12}; do
	start_tined -c "$conf"
	SERVERS=$(servers)
	[ "$n" -gt 6 ] || start_load "$tmp/load" "$ADDR_echo" "$ADDR_cat"
	[ "$n" -le 6 ] || (ask "$ADDR_echo" </dev/null 2>/dev/null) &
	kill -TERM "$PID"
	[ $((n % 2)) -eq 0 ] || kill -INT "$PID" 2>/dev/null
	stopped 20
	[ "$n" -gt 6 ] || end_load >/dev/null
done
exit 0
