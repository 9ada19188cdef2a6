#!/bin/bash
# Goal of this test: OpenBSD's nc is served by every built-in over TCP4, TCP6 and Unix.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/clients.sh"
require nc.openbsd

to() {
	case $1 in
	unix:*) timeout 10 nc.openbsd -N -U "${1#unix:}" ;;
	*) timeout 10 nc.openbsd -N "$(host "$1")" "$(port "$1")" ;;
	esac
}

serve_all
for family in tcp4 tcp6 unix; do
	for service in echo discard daytime time whoami; do
		case $service in
		echo | discard) printf %s "$GREETING" ;;
		esac | to "$(at $service $family)" >"$tmp/out" ||
			fail "$service over $family: exit status $?"
		check_reply $service "$tmp/out"
	done
	to "$(at chargen $family)" </dev/null 2>/dev/null |
		head -c 100000 >"$tmp/out"
	check_reply chargen "$tmp/out"
done
stop_tined
