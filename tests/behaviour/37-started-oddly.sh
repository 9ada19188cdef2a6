#!/bin/bash
# Goal of this test: tined serves however it was started: signals blocked or ignored, descriptors closed, few or many of them.
# shellcheck source=../lib/behaviour.sh
. "$(dirname "$0")/../lib/behaviour.sh"
require python3 socat prlimit

real=$TINED
# serves WHAT: a tined started by $tmp/starter answers, reloads, reaps, stops.
serves() {
	TINED=$tmp/starter
	chmod 755 "$TINED"
	start_tined -l 127.0.0.1:0 -s echo
	for _ in 1 2 3 4 5; do
		same "$1" hello "$(echo hello | ask "$ADDR_echo")"
	done
	wait_for_lines 5 '^info end .*exit=0'
	kill -USR1 "$PID"
	wait_for_log '^notice state .*sessions=0'
	none_left() { [ -z "$(pgrep -P "$(acceptors)")" ]; }
	wait_until 5 none_left || fail "$1: a session is left"
	stop_tined
}

cat >"$tmp/starter" <<END
#!$(command -v python3)
import os, signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
for s in (signal.SIGCHLD, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE,
    signal.SIGUSR1, signal.SIGINT, signal.SIGALRM):
    signal.signal(s, signal.SIG_IGN)
os.execv("$real", ["tined"] + sys.argv[1:])
END
serves "every signal blocked, SIGCHLD ignored"

printf '#!/bin/sh\nexec %q "$@" <&- >&-\n' "$real" >"$tmp/starter"
serves "descriptors 0 and 1 closed"

# With 2 closed the log has no way out; what is served is not touched by it.
printf '#!/bin/sh\nexec %q "$@" <&- >&- 2>&-\n' "$real" >"$tmp/starter"
start_tined -l 127.0.0.1:0 -s echo
for _ in 1 2 3; do
	same "descriptors 0 to 2 closed" hello "$(echo hello | ask "$ADDR_echo")"
done
stop_tined

printf '#!/bin/sh\nexec prlimit --nofile=1073741816:1073741816 %q "$@"\n' \
	"$real" >"$tmp/starter"
if prlimit --nofile=1073741816:1073741816 true 2>/dev/null; then
	started=$(now_ms)
	serves "a billion descriptors"
	took=$(($(now_ms) - started))
	[ $took -lt 10000 ] || fail "a billion descriptors: $took ms"
fi

printf '#!/bin/sh\nexec prlimit --nofile=40 %q "$@"\n' "$real" >"$tmp/starter"
serves "40 descriptors"

printf '#!/bin/sh\nulimit -c unlimited\nulimit -s 256\ncd /nonexistent 2>/dev/null\nexec env -i %q "$@"\n' \
	"$real" >"$tmp/starter"
serves "an empty environment and a small stack"
