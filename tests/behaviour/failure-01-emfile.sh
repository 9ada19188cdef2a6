#!/bin/bash
# Failure case 1: accept fails with EMFILE, 50 times by injection and for real:
# tined goes on, pauses 100 ms at a time, logs it once a second, and uses no
# time.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
. "$(dirname "$0")/../lib/failure.sh"
require socat python3 prlimit strace

# Setting the limits of another user's process takes a capability.
start_tined -o "user=$(id -un)" -l 127.0.0.1:0 -s echo
echoes "$ADDR_echo" "before"
wait_until 10 sessions_are echo 0 || fail "the first session is still counted"
remember
starved EMFILE 50 RLIMIT_NOFILE
unchanged

# For real: no descriptor is free.
acceptor=$(acceptor echo)
sees "$acceptor" || skip "only root sees what tined has open"
free=0
while [ -L "/proc/$acceptor/fd/$free" ]; do
	free=$((free + 1))
done
limit=$(prlimit --nofile --noheadings -o SOFT --pid "$acceptor" |
    tr -d ' ')
lines=$(messages)
prlimit --nofile="$free:" --pid "$acceptor" 2>/dev/null ||
	skip "the limit of another process cannot be set"
before=$(cpu_ms "$acceptor")
start=$(now_ms)
WAIT=60 python3 "$top_srcdir/tests/lib/crowd.py" hold 5 "$ADDR_echo" \
    >"$tmp/held" &
held=$!
record "$held"
wait_for_log '^warning accept .*Too many open files.*limit=RLIMIT_NOFILE not_shown=[1-9]'
repeated() {
	[ "$(($(messages) - lines))" -ge 4 ]
}
wait_until 20 repeated || fail "it is not said every second"
ms=$(($(now_ms) - start))
lines=$(($(messages) - lines))
[ "$lines" -le $((ms / 1000 + 1)) ] || fail "$lines lines in $ms ms"
cheap "without a descriptor for $ms ms" "$before" "$(cpu_ms "$acceptor")" \
    $((ms / 100 + 20))
[ ! -s "$tmp/held" ] || fail "served without a descriptor"

prlimit --nofile="$limit:" --pid "$acceptor"
wait_until 10 test -s "$tmp/held" || fail "it does not recover"
same "served in the end" "served=5 closed=0 waiting=0" "$(held "$tmp/held")"
release "$held"
unchanged

# Twelve suffice for any number: a connection leaves the acceptor at once.
prlimit --nofile=12: --pid "$acceptor"
hold "$tmp/twelve" 50 "$ADDR_echo"
same "with twelve" "served=50 closed=0 waiting=0" "$(held "$tmp/twelve")"
release "$HOLD_PID"
unchanged
stop_tined
