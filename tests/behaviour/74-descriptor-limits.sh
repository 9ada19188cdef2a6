#!/bin/bash
# Goal of this test: with too few descriptors an acceptor waits for better
# times, and with very many nothing becomes slower.
# shellcheck source=../lib/behaviour.sh
. "$(dirname "$0")/../lib/behaviour.sh"
# shellcheck source=../lib/crowd.sh
. "$(dirname "$0")/../lib/crowd.sh"
require socat python3 prlimit

# Fewer than it needs, for real.  Of a process of another user this would need
# a capability.
start_tined -o "user=$(id -un)" -l 127.0.0.1:0 -s echo
acceptor=$(acceptor echo)
ticks() {
	awk '{ print $14 + $15 }' "/proc/$acceptor/stat"
}
free=0	# the lowest descriptor that it has not
while [ -L "/proc/$acceptor/fd/$free" ]; do
	free=$((free + 1))
done
limit=$(prlimit --nofile --noheadings -o SOFT --pid "$acceptor" |
    tr -d ' ')
prlimit --nofile="$free:" --pid "$acceptor" 2>/dev/null ||
	skip "the limit of another process cannot be set"
before=$(ticks)
WAIT=20 python3 "$top_srcdir/tests/lib/crowd.py" hold 5 "$ADDR_echo" \
    >"$tmp/held" &
held=$!
record "$held"
wait_for_log '^warning accept service=echo .*Too many open files.*RLIMIT_NOFILE'
repeated() {
	[ "$(count_log '^warning accept service=echo .*not_shown=[1-9]')" -gt 0 ]
}
wait_until 5 repeated || fail "what is not shown is not counted"
[ "$(count_log '^warning accept ')" -le 4 ] || fail "too many lines"
[ $(($(ticks) - before)) -le 5 ] || fail "it spins"
[ ! -s "$tmp/held" ] || fail "served without a descriptor"
prlimit --nofile="$limit:" --pid "$acceptor"
wait_until 5 test -s "$tmp/held" || fail "it does not recover"
same "served in the end" "served=5 closed=0 waiting=0" "$(held "$tmp/held")"
release "$held"
# Twelve are enough: a connection leaves the acceptor at once.
prlimit --nofile=12: --pid "$acceptor"
hold "$tmp/twelve" 50 "$ADDR_echo"
same "with twelve" "served=50 closed=0 waiting=0" "$(held "$tmp/twelve")"
release "$HOLD_PID"
same "the acceptor" "$acceptor" "$(acceptor echo)"
stop_tined

# As many as there can be: no loop over descriptors, at start, fork or exec.
most=$(cat /proc/sys/fs/nr_open)
prlimit --nofile="$most:$most" --pid $$ 2>/dev/null || {
	echo "RLIMIT_NOFILE cannot be raised to $most"
	most=$(ulimit -Hn)
	ulimit -Sn "$most"
}
conf=$(config <<END
service echo { listen = {"127.0.0.1:0"} builtin = echo }
service cat { listen = {"127.0.0.1:0"} exec = {"/bin/cat"} }
END
)
cat >"$tmp/one-by-one.py" <<'END'
import socket, sys
host, port = sys.argv[1].rsplit(":", 1)
for _ in range(100):
    s = socket.create_connection((host, int(port)), 10)
    s.shutdown(socket.SHUT_WR)
    assert s.recv(10) == b""
    s.close()
END
start=$(now_ms)
start_tined -c "$conf"
for address in "$ADDR_echo" "$ADDR_cat"; do
	python3 "$tmp/one-by-one.py" "$address" || fail "no echo"
done
stop_tined
ms=$(($(now_ms) - start))
echo "$ms ms with $most descriptors"
[ "$ms" -lt 8000 ] || fail "$ms ms for a start and 200 connections"
exit 0
