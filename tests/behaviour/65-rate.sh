#!/bin/bash
# Goal of this test: cps slows a service down, or refuses; cps_per_source
# refuses one source only; both recover by themselves.  Acceptors of one service
# share its cps to the token, and give a token back that was taken for a
# connection that does not come.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
. "$(dirname "$0")/../lib/failure.sh"
require socat python3

start_conf <<END
defaults {
	listen = {"127.0.0.1:0"}
	builtin = echo
	refuse_message = "slowly\n"
}
service slow { cps = {10, 5} }
service many { cps = {10, 5} acceptors = 3 }
service refuse { cps = {2, 10} when_full = refuse }
service source { cps_per_source = {2, 10} }
service shared { cps = {2, 1} acceptors = 3 }
service alone { cps = {1, 2} }
END

# burst ADDRESS N: N connections at once; the time until all have been served,
# in milliseconds.
cat >"$tmp/burst.py" <<'END'
import socket, sys, time
host, port = sys.argv[1].rsplit(":", 1)
start = time.monotonic()
all = [socket.create_connection((host, int(port)), 30)
       for _ in range(int(sys.argv[2]))]
for s in all:
    s.sendall(b"hello\n")
    s.shutdown(socket.SHUT_WR)
for s in all:
    assert s.recv(100) == b"hello\n"
print(int(1000 * (time.monotonic() - start)))
END
burst() {
	timeout 60 python3 "$tmp/burst.py" "$@" || fail "not all were served"
}

# paced SERVICE ADDRESS CPU_MS: five at once, then ten a second; nothing spins
# meanwhile.
paced() {
	local ms before pids
	mapfile -t pids < <(acceptor "$1")
	ms=$(burst "$2" 25)
	between "$1: milliseconds for 25 connections" 1900 "$ms" 5000
	before=$(cpu_ms "${pids[@]}")
	ms=$(burst "$2" 10)
	cheap "$1: 10 more in $ms ms" "$before" "$(cpu_ms "${pids[@]}")" "$3"
	[ "$ms" -ge 400 ] || fail "$1: ten connections after them took $ms ms"
	same "$1: refused" 0 "$(state "$1" refused)"
}
paced slow "$ADDR_slow" 50
paced many "$ADDR_many" 300
# Four of an empty bucket take 300 ms at least.
recovered() {
	ms=$(burst "$ADDR_slow" 4)
	[ "$ms" -lt 250 ] || { sleep 0.5 && false; }
}
wait_until 60 recovered || fail "it does not recover: $ms ms for 4"

# bounded SERVICE REASON: the burst of ten is served, and two a second; the rest
# gets the message.
bounded() {
	local start served address=ADDR_$1
	start=$(now_ms)
	hold "$tmp/$1" 30 "${!address}"
	served=$(sed -n 's/served=\([0-9]*\) .* waiting=0 .*/\1/p' "$tmp/$1")
	between "$1: $(cat "$tmp/$1")" 10 "${served:-0}" \
	    $((12 + ($(now_ms) - start) / 500))
	grep -q 'text=slowly$' "$tmp/$1" || fail "$1: $(cat "$tmp/$1")"
	wait_for_log "^notice refused service=$1 reason=$2 peer="
	release "$HOLD_PID"
}
again() {
	[ "$(echo hi | ask "$1" 2>/dev/null)" = hi ]
}
bounded refuse cps
wait_until 10 again "$ADDR_refuse" || fail "it does not recover"
bounded source cps_per_source
SOURCE=127.0.0.2 hold "$tmp/source" 10 "$ADDR_source"
same "another source" "served=10 closed=0 waiting=0" "$(held "$tmp/source")"
release "$HOLD_PID"
wait_until 10 again "$ADDR_source" || fail "the source does not recover"

# Every acceptor takes 150 ms from looking for a token to its connection.  One
# connection at once, the others at two a second.
command -v strace >/dev/null || skip "strace is missing; the rest passed"
inject "$(acceptor shared)" "accept4:delay_enter=150000"
ms=$(burst "$ADDR_shared" 4)
eject
echo "4 connections in $ms ms, $(injected) calls of accept"
between "milliseconds for 4 connections" 1500 "$ms" 10000
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
