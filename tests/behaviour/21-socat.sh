#!/bin/bash
# Goal of this test: socat is served by every built-in over TCP4, TCP6 and Unix.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/clients.sh"
require socat

serve_all
for family in tcp4 tcp6 unix; do
	for service in echo discard daytime time whoami; do
		address=$(at $service $family)
		case $service in
		echo | discard) printf %s "$GREETING" ;;
		esac | ask "$address" >"$tmp/out" ||
			fail "$service at $address: socat's exit status $?"
		check_reply $service "$tmp/out"
	done
	# chargen goes on until the client has closed.
	address=$(at chargen $family)
	ask "$address" <<<"$GREETING" 2>/dev/null | head -c 1000000 >"$tmp/out"
	same "bytes of chargen at $address" 1000000 "$(wc -c <"$tmp/out")"
	check_reply chargen "$tmp/out"
	# Lines of 72, each begins one character later, again and again.
	awk 'BEGIN { RS = "\r\n" } length($0) != 72 && NR < 13000 { exit 1 }
		NR > 1 && NR < 13000 && substr($0, 1, 71) != substr(last, 2) { exit 1 }
		{ last = $0 }' "$tmp/out" || fail "chargen's pattern"
done
wait_for_lines 18 '^info end .* exit=0$'
stop_tined
