#!/bin/bash
# Goal of this test: cps slows a service down and lets it recover, or refuses;
# cps_per_source refuses one source and leaves the others alone.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/programs.sh"
. "$(dirname "$0")/../lib/crowd.sh"
require socat python3

conf=$(config <<END
defaults { listen = {"127.0.0.1:0"} builtin = echo }
service slow { cps = {10, 5} }
service refuse {
	cps = {1, 3}
	when_full = refuse
	refuse_message = "too fast\n"
}
service source { cps_per_source = {1, 3} refuse_message = "too fast\n" }
END
)
# N connections at once: how many ms until all have been answered.
cat >"$tmp/burst.py" <<'END'
import socket, sys, time
host, port = sys.argv[1].rsplit(":", 1)
from_ = time.monotonic()
all = [socket.create_connection((host, int(port)), 30)
       for _ in range(int(sys.argv[2]))]
for s in all:
    s.sendall(b"hello\n")
    s.shutdown(socket.SHUT_WR)
for s in all:
    assert s.recv(100) == b"hello\n"
print(int(1000 * (time.monotonic() - from_)))
END
burst() {
	timeout 60 python3 "$tmp/burst.py" "$@" || fail "not all were served"
}
start_tined -c "$conf"

# Five at once, then ten a second; 25 take two seconds.
ms=$(burst "$ADDR_slow" 25)
between "milliseconds for 25 connections" 1900 "$ms" 30000
cpu() {
	awk '{ print $14 + $15 }' "/proc/$1/stat"
}
# It does not spin while it waits.
acceptor=$(acceptor slow)
before=$(cpu "$acceptor")
ms=$(burst "$ADDR_slow" 10)
[ $(($(cpu "$acceptor") - before)) -le 5 ] || fail "it spins while it is slow"
[ "$ms" -ge 400 ] || fail "ten connections after them took $ms ms"
same "refused" 0 "$(state slow refused)"
# Four of an empty bucket take 300 ms at least.
recovered() {
	ms=$(burst "$ADDR_slow" 4)
	[ "$ms" -lt 250 ] || { sleep 0.5 && false; }
}
wait_until 60 recovered || fail "it does not recover: $ms ms for 4"

# Refused.
hold "$tmp/refuse" 6 "$ADDR_refuse"
[[ $(held "$tmp/refuse") =~ ^served=([345])\ closed=([123])\ waiting=0$ ]] ||
	fail "six of {1, 3}: $(held "$tmp/refuse")"
same "the message" "too fast" "$(sed 's/.* text=//' "$tmp/refuse")"
wait_for_log '^notice refused service=refuse reason=cps peer='
release "$HOLD_PID"
served() {
	[ "$(echo hello | ask "$1" 2>/dev/null)" = hello ]
}
wait_until 20 served "$ADDR_refuse" || fail "it does not recover"

# By source.
hold "$tmp/source" 6 "$ADDR_source"
first=$HOLD_PID
[[ $(held "$tmp/source") =~ ^served=([345])\ closed=([123])\ waiting=0$ ]] ||
	fail "six of a source: $(held "$tmp/source")"
SOURCE=127.0.0.2 hold "$tmp/source2" 3 "$ADDR_source"
same "three of another source" "served=3 closed=0 waiting=0" \
    "$(held "$tmp/source2")"
same "the message" "too fast" "$(sed 's/.* text=//' "$tmp/source")"
wait_for_log '^notice refused service=source reason=cps_per_source peer='
release "$first"
release "$HOLD_PID"
wait_until 20 served "$ADDR_source" || fail "the source does not recover"
stop_tined
exit 0
