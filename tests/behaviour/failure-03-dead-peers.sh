#!/bin/bash
# Failure case 3: an error of a dead peer that accept reports is not an error of
# tined: the next connection is accepted at once, and nothing above debug is
# logged.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
. "$(dirname "$0")/../lib/failure.sh"
require socat strace

start_tined -l 127.0.0.1:0 -s echo
acceptor=$(acceptor echo)
echoes "$ADDR_echo" "before"
wait_until 10 sessions_are echo 0 || fail "the first session is still counted"
remember
lines=$(messages)

for error in ECONNABORTED EPROTO ENETDOWN ENONET EHOSTDOWN EHOSTUNREACH \
    ENETUNREACH ENOPROTOOPT EOPNOTSUPP EPERM ETIMEDOUT; do
	inject "$acceptor" "accept4:error=$error:when=1"
	echoes "$ADDR_echo" "after $error"
	eject
	same "$error: injected" 1 "$(injected)"
	pauses >>"$tmp/pauses"
done
# Not after the pause of a resource error; one may be late by chance.
same "the calls" 11 "$(wc -l <"$tmp/pauses")"
median=$(median <"$tmp/pauses")
echo "the next call comes after $median ms"
[ "$median" -lt 50 ] || fail "the next call comes after $median ms"
unchanged
same "lines of the log" "$lines" "$(messages)"

# Without end it does not spin either.
before=$(cpu_ms "$acceptor")
inject "$acceptor" "accept4:error=ECONNABORTED:when=1..640"
start=$(now_ms)
echoes "$ADDR_echo" "after 640 dead peers"
ms=$(($(now_ms) - start))
eject
same "injected" 640 "$(injected)"
[ "$ms" -ge 900 ] || fail "640 in $ms ms: it does not pause"
same "lines of the log" "$lines" "$(messages)"
cheap "640 dead peers" "$before" "$(cpu_ms "$acceptor")" 1000
unchanged
stop_tined
