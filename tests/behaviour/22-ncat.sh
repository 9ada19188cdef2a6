#!/bin/bash
# Goal of this test: ncat is served by every built-in over TCP4, TCP6 and Unix.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/clients.sh"
require ncat

# to ADDRESS [OPTION...]: ncat's own way to write it.
to() {
	case $1 in
	unix:*) timeout 10 ncat "${@:2}" -U "${1#unix:}" ;;
	*) timeout 10 ncat "${@:2}" "$(host "$1")" "$(port "$1")" ;;
	esac
}

serve_all
for family in tcp4 tcp6 unix; do
	for service in echo discard; do
		printf %s "$GREETING" | to "$(at $service $family)" >"$tmp/out" ||
			fail "$service over $family: exit status $?"
		check_reply $service "$tmp/out"
	done
	for service in daytime time whoami; do
		to "$(at $service $family)" --recv-only >"$tmp/out" </dev/null ||
			fail "$service over $family: exit status $?"
		check_reply $service "$tmp/out"
	done
	to "$(at chargen $family)" --recv-only </dev/null 2>/dev/null |
		head -c 100000 >"$tmp/out"
	check_reply chargen "$tmp/out"
done
stop_tined
