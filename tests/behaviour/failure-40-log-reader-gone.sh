#!/bin/bash
# Goal of this test: a journal or a syslog whose reader has stopped for good
# does not block main: it serves, reloads, restarts, feeds its watchdog, and
# stops.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
. "$(dirname "$0")/../lib/failure.sh"
require socat python3 mount ip
[ -z "${FEW_FILES:-}" ] || skip "a reload needs more than $FEW_FILES descriptors"
in_namespaces -n -m

# A /dev and a /run of its own, whose sockets are this test's.
mkdir "$tmp/run"
own_dev
mount -t tmpfs -o mode=0755 tmpfs /run || skip "no tmpfs"
mkdir -p /run/systemd/journal

# fed: how often the watchdog was.
fed() {
	grep -c 'WATCHDOG=1' "$tmp/said"
}
fed_again() {
	[ "$(fed)" -gt "$1" ]
}
sent() {
	grep -q " $1" "$tmp/said"
}

# stuck TARGET SOCKET
stuck() {
	local old conf=$tmp/conf n
	# It binds the socket and never reads from it.
	python3 -c 'import os, socket, sys, time
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
os.chmod(sys.argv[1], 0o666)
time.sleep(1000)' "$2" &
	deaf=$!
	record "$deaf"
	wait_until 10 test -S "$2" || fail "no socket"
	service_manager
	cat >"$conf" <<END
log_target = $1
log_level = debug
drain_timeout = 1s
service echo { listen = {"127.0.0.1:0"} builtin = echo instances = 100 }
service cat { listen = {"127.0.0.1:0"} exec = {"/bin/cat"} }
END
	WATCHDOG_USEC=1000000 start_tined -c "$conf"
	wait_until 10 sent READY=1 || fail "$1: READY=1 is not sent"

	# Until the logger waits, for good, in the socket.
	logger=$(logger) || fail "no logger"
	start_load "$tmp/load" "$ADDR_echo" "$ADDR_cat"
	waits() {
		grep -q unix "/proc/$logger/wchan" ||
			grep -q '^sock_\|^unix_' "/proc/$logger/stack" 2>/dev/null
	}
	wait_until 20 waits || echo "where the logger waits is not to be seen"

	# Restarts.
	for n in 1 2; do
		old=$(acceptor cat)
		kill -KILL "$old"
		wait_until 15 new_acceptor cat "$old" || fail "$1: no restart"
	done
	# Reloads.
	for n in $(seq 30); do
		sed -i "s/instances = .*/instances = $((n + 100)) }/" "$conf"
		old=$(acceptor echo | tail -n 1)
		kill -HUP "$PID"
		wait_until 15 newer echo "$old" || fail "$1: no reload, $n"
		[ $((n % 10)) -ne 0 ] ||
			same "$1, echo" hi "$(echo hi | ask "$ADDR_echo")"
	done
	wait_until 10 sent RELOADING=1 || fail "$1: RELOADING=1 is not sent"
	end_load
	same "$1: connections that failed" 0 "$((FAILED > 2 ? FAILED : 0))"
	# The watchdog, all the time.
	n=$(fed)
	[ "$n" -ge 2 ] || fail "$1: the watchdog was fed $n times"
	wait_until 5 fed_again $((n + 2)) || fail "$1: the watchdog starves"

	# And it stops, in its time.
	n=$(now_ms)
	stop_tined
	n=$(($(now_ms) - n))
	echo "$1: stopped in $n ms; $DONE connections"
	[ "$n" -lt 15000 ] || fail "$1: stopped in $n ms"
	sent STOPPING=1 || fail "$1: STOPPING=1 is not sent"
	same "what is left" "" "$(pgrep -f "^tined: logger" -P 1 -n || :)"
	kill -KILL "$deaf"
}
# newer SERVICE PID: whether its youngest acceptor is another one.
newer() {
	local now
	now=$(acceptor "$1" | tail -n 1) && [ "$now" != "$2" ]
}

stuck syslog /dev/log
stuck journal /run/systemd/journal/socket
exit 0
