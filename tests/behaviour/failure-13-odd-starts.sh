#!/bin/bash
# Failure case 13: started with SIGCHLD ignored, every signal blocked,
# descriptors 0 to 2 closed, few descriptors or a small stack, it serves, reaps
# and stops.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
. "$(dirname "$0")/../lib/failure.sh"
require python3 socat prlimit

conf=$(config <<END
service echo { listen = {"127.0.0.1:0", "unix:$tmp/echo"} builtin = echo }
service mask {
	listen = {"127.0.0.1:0"}
	exec = {"/bin/grep", "^Sig[BI]", "/proc/self/status"}
}
END
)
real=$TINED_FILE
# serves WHAT: a tined that was started by $tmp/starter answers, reloads,
# reaps, and stops.
serves() {
	local n
	echo "$1"
	TINED=$tmp/starter
	chmod 755 "$TINED"
	start_tined -c "$conf"
	remember
	for n in {1..5}; do
		echoes "$ADDR_echo" "with $1"
	done
	wait_for_ends 5 'service=echo .*exit=0'
	# A program gets the defaults, whatever main was started with.
	same "$1: a program's signals" "SigBlk: 0000000000000000
SigIgn: 0000000000000000" "$(ask "$ADDR_mask" </dev/null | tr '\t' ' ')"
	unchanged
	reload
	echoes "$ADDR_echo" "after a reload, with $1"
	unchanged
	stop_tined
}

cat >"$tmp/starter" <<END
#!$(python3 -c 'import sys; print(sys.executable)')
import os, signal, sys
for s in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
    signal.signal(s, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
os.execv("$real", ["tined"] + sys.argv[1:])
END
serves "every signal blocked and ignored"

printf '#!/bin/sh\nexec %q "$@" <&- >&-\n' "$real" >"$tmp/starter"
serves "descriptors 0 and 1 closed"

printf '#!/bin/sh\nexec prlimit --nofile=40 %q "$@"\n' "$real" >"$tmp/starter"
serves "40 descriptors"

# With too few it does not start, and names the limit.
for few in 12 16 20 24 28 32; do
	printf '#!/bin/sh\nexec prlimit --nofile=%d %q "$@"\n' "$few" "$real" \
	    >"$tmp/starter"
	if try_tined -c "$conf"; then
		stop_tined
	else
		grep -q 'Too many open files' "$LOG" ||
			fail "$few descriptors: $(cat "$LOG")"
	fi
done

printf '#!/bin/sh\nulimit -s 256\nexec env -i %q "$@"\n' \
	"$real" >"$tmp/starter"
serves "an empty environment and a small stack"

# Without descriptor 2 nothing can be logged; serving goes on.
"$real" -f -c "$conf" <&- >&- 2>&- &
PID=$!
record "$PID"
answers() {
	[ "$(echo hi | ask "unix:$tmp/echo" 2>/dev/null)" = hi ]
}
wait_until 10 answers || fail "it does not serve without descriptors"
no_session() {
	[ -z "$(pgrep -P "$(acceptor echo)")" ]
}
wait_until 10 no_session || fail "a session is left"
remember
for n in {1..10}; do
	echoes "unix:$tmp/echo" "without descriptors"
done
wait_until 10 no_session || fail "a session is left"
wait_until 10 as_before || fail "before $BEFORE, now $AFTER"
# Their numbers are not the connection's, nor any other of tined's.
! sees "$PID" || for fd in 0 1 2; do
	same "main's descriptor $fd" /dev/null \
	    "$(readlink "/proc/$PID/fd/$fd")"
done
status=0
kill -TERM "$PID"
wait_exit "$PID" || status=$?
same "the exit status" 0 "$status"
