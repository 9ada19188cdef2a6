#!/bin/bash
# Goal of this test: acceptors of one service share its cps to the token: all
# that see the last one do not all take it, and the one that took it for a
# connection that does not come gives it back.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
. "$(dirname "$0")/../lib/failure.sh"
require socat python3 strace

conf=$(config <<END
defaults { listen = {"127.0.0.1:0"} builtin = echo }
service shared { cps = {2, 1} acceptors = 3 }
service alone { cps = {1, 2} }
END
)
start_tined -c "$conf"

# Every acceptor takes 150 ms from looking for a token to its connection.  One
# connection at once, the others at two a second.
inject "$(acceptor shared)" "accept4:delay_enter=150000"
start=$(now_ms)
WAIT=20 hold "$tmp/shared" 4 "$ADDR_shared"
ms=$(($(now_ms) - start))
eject
same "served" "served=4 closed=0 waiting=0" "$(held "$tmp/shared")"
release "$HOLD_PID"
echo "4 connections in $ms ms, $(injected) calls of accept"
[ "$ms" -ge 1500 ] || fail "4 connections in $ms ms, not in 1500: $(cat \
    "$tmp/trace")"
[ "$ms" -lt 10000 ] || fail "4 connections took $ms ms"
[ "$(injected)" -ge 4 ] || fail "not one call a connection: $(cat "$tmp/trace")"

# Five connections have gone when accept is called; the two tokens are there
# for those that come.  Were they lost, the second would wait for a second.
inject "$(acceptor alone)" "accept4:error=ECONNABORTED:when=1..5"
start=$(now_ms)
echoes "$ADDR_alone" "after those that had gone"
echoes "$ADDR_alone" "at once"
ms=$(($(now_ms) - start))
eject
injected_is 5
echo "2 connections in $ms ms"
[ "$ms" -lt 2500 ] || fail "2 connections took $ms ms"
stop_tined
exit 0
