#!/bin/bash
# Goal of this test: cps slows a service down, or refuses; cps_per_source
# refuses; a service that went over recovers by itself.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
require socat python3

conf=$(config <<END
defaults { refuse_message = "slowly\n" per_source = 1000 }
service slow { listen = {"127.0.0.1:0"} builtin = echo cps = {20, 10} }
service refuse {
	listen = {"127.0.0.1:0"}
	builtin = echo
	cps = {2, 10}
	when_full = refuse
}
service source {
	listen = {"127.0.0.1:0"}
	builtin = echo
	cps_per_source = {2, 10}
}
service many {
	listen = {"127.0.0.1:0"}
	builtin = echo
	cps = {20, 10}
	acceptors = 3
}
END
)
start_tined -c "$conf"

# Ten at once, then 20 a second: 40 take a second and a half, and no processor.
# paced SERVICE ADDRESS
paced() {
	local start ms ticks before
	start=$(now_ms)
	WAIT=10 hold "$tmp/$1" 40 "$2"
	ms=$(($(now_ms) - start))
	same "$1" "served=40 closed=0 waiting=0" "$(held "$tmp/$1")"
	[ "$ms" -ge 1400 ] || fail "$1: 40 connections in $ms ms"
	[ "$ms" -lt 5000 ] || fail "$1: 40 connections took $ms ms"
	for pid in $(acceptor "$1"); do
		ticks=$(awk '{ print $14 + $15 }' "/proc/$pid/stat")
		[ "$ticks" -lt 30 ] || fail "$1: an acceptor took $ticks ticks"
	done
	release "$HOLD_PID"
}
paced slow "$ADDR_slow"
paced many "$ADDR_many"
same "refused" "0 0" "$(state slow refused) $(state many refused)"

# refuse: the burst is served, the rest is told.
# bounded SERVICE FILE LEAST-SERVED MOST-SERVED
bounded() {
	local served
	served=$(sed -n 's/served=\([0-9]*\) .* waiting=0 .*/\1/p' "$2")
	if [ "${served:-0}" -lt "$3" ] || [ "$served" -gt "$4" ]; then
		fail "$1: $(cat "$2")"
	fi
}
start=$(now_ms)
hold "$tmp/refuse" 30 "$ADDR_refuse"
seconds=$((($(now_ms) - start) / 1000 + 1))
bounded refuse "$tmp/refuse" 10 $((10 + 2 * seconds))
grep -q 'text=slowly$' "$tmp/refuse" || fail "not told: $(cat "$tmp/refuse")"
wait_for_log '^notice refused service=refuse reason=cps '
release "$HOLD_PID"
again() {
	[ "$(echo hi | ask "$1")" = hi ]
}
wait_until 10 again "$ADDR_refuse" || fail "it does not recover"

# A source's own.
start=$(now_ms)
hold "$tmp/source" 30 "$ADDR_source"
seconds=$((($(now_ms) - start) / 1000 + 1))
bounded source "$tmp/source" 10 $((10 + 2 * seconds))
release "$HOLD_PID"
SOURCE=127.0.0.2 hold "$tmp/source" 10 "$ADDR_source"
same "another source" "served=10 closed=0 waiting=0" "$(held "$tmp/source")"
release "$HOLD_PID"
wait_for_log '^notice refused service=source reason=cps_per_source '
wait_until 10 again "$ADDR_source" || fail "the source does not recover"
stop_tined
exit 0
