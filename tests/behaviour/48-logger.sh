#!/bin/bash
# Goal of this test: a logger that is killed or stopped is replaced, and
# nothing waits for it.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
require socat python3


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

# A stopped logger cannot log "Too many open files".
[ -z "${FEW_FILES:-}" ] || skip "a reload needs more than $FEW_FILES descriptors"

# Stopped: serving goes on, so do restarts and reloads.
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
kill -CONT "$pid" 2>/dev/null	# it may have been replaced meanwhile
wait_for_log '^notice reloaded'
wait_for_log '^error restarted service=cat '

# Of three at once: for good, for a moment, and for as long as a debugger holds
# it.  Main looks twice, 3.5 s apart.
main=$PID main_log=$LOG pid=$(logger)
start_tined -l 127.0.0.1:0 -s echo
moment_log=$LOG moment=$(logger) moment_pid=$PID
if command -v strace >/dev/null; then
	start_tined -l 127.0.0.1:0 -s discard
	held_log=$LOG held=$(logger) held_pid=$PID
	strace -qq -e trace=none -p "$held" 2>/dev/null &
	tracer=$!
	record "$tracer"
	traced() { grep -q '^TracerPid:	[1-9]' "/proc/$held/status"; }
	wait_until 10 traced || skip "no ptrace"
	kill -STOP "$held"
fi
kill -STOP "$moment" "$pid"
stopped=$(now_ms)
passed() {
	[ $(($(now_ms) - stopped)) -ge "$1" ]
}
wait_until 3 passed 2000
kill -CONT "$moment"
same "after a moment" hi "$(echo hi | ask "$ADDR_echo")"
PID=$main LOG=$main_log
wait_until 20 another_logger "$pid" || fail "a stopped logger is not replaced"
took=$(($(now_ms) - stopped))
[ "$took" -lt 10000 ] || fail "a stopped logger was replaced after $took ms"
wait_for_log '^error restarted process=logger msg="it was stopped by a signal"'
wait_until 10 passed 9000
same "a logger that went on" "$moment" "$(PID=$moment_pid logger)"
in_log -q '^info end service=echo ' "$moment_log" || fail "it does not log"
if [ -n "${held:-}" ]; then
	same "a logger that is traced" "$held" "$(PID=$held_pid logger)"
	kill -CONT "$held"
	kill -INT "$tracer"
	wait "$tracer"
fi
! grep 'restarted process=logger' "$moment_log" ${held_log:+"$held_log"} ||
	fail "the above"
ends=$(count_log '^info end service=cat ')
same "cat" hi "$(echo hi | ask "$ADDR_cat")"
wait_for_lines $((ends + 1)) '^info end service=cat '
stop_tined

# More listeners than fit into its socket, at the start and at a restart.
{
	for n in 1 2 3 4 5 6 7 8; do
		echo "service s$n { builtin = echo"
		for i in $(seq 60); do
			echo "listen += {\"unix:$tmp/s$n.$i\"}"
		done
		echo "}"
	done
} >"$conf"
# The first record of a listener has its name.
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
