#!/bin/bash
# Goal of this test: every kind of TCP listener answers, with the port that it
# says.
. "$(dirname "$0")/../lib/behaviour.sh"
require socat

# hello ADDRESS...
hello() {
	local address
	for address; do
		same "echo at $address" hello "$(echo hello | ask "$address")"
	done
}
silent() {
	echo | ask "$1" 2>/dev/null && fail "$1 answers"
	return 0
}

start_tined -l 127.0.0.1:0 -l '[::1]:0' -l localhost:0 -s echo
mapfile -t all < <(addresses echo)
hello "${all[@]}"
addresses echo | grep -q '^127\.0\.0\.1:[1-9]' || fail "no IPv4"
addresses echo | grep -q '^\[::1\]:[1-9]' || fail "no IPv6"
stop_tined

# Every address, IPv4 and IPv6 on one port; a peer of IPv4 is IPv4.
for any in '*:0' ':0' '[::]:0'; do
	start_tined -l "$any" -s whoami
	p=$(port "$ADDR_whoami")
	for host in 127.0.0.1 '[::1]'; do
		grep -qF "peer: $host:" <(ask "$host:$p" </dev/null) ||
			fail "$any: no answer at $host:$p, or the wrong peer"
		wait_until 10 grep -qF " peer=$host:" "$LOG" ||
			fail "no end of $host in the log"
	done
	stop_tined
done
start_tined -l 0.0.0.0:0 -s echo
hello "127.0.0.1:$(port "$ADDR_echo")"
silent "[::1]:$(port "$ADDR_echo")"
stop_tined
start_tined -l '*:0' -s echo -o v6only=yes
hello "[::1]:$(port "$ADDR_echo")"
silent "127.0.0.1:$(port "$ADDR_echo")"
stop_tined

# An address that the machine does not have, with freebind.
start_tined -l 192.0.2.1:0 -l 127.0.0.1:0 -s echo -o freebind=yes
hello "$(addresses echo | grep ^127)"
stop_tined

# Several acceptors share the listener.
start_tined -l 127.0.0.1:0 -s echo -o acceptors=3
same "acceptors" 3 "$(acceptors | wc -l)"
for _ in 1 2 3 4 5 6 7 8 9 10; do hello "$ADDR_echo"; done
stop_tined
