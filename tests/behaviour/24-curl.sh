#!/bin/bash
# Goal of this test: curl's telnet is served by every built-in over TCP4 and TCP6.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/clients.sh"
require curl

# to ADDRESS SECONDS: its reply in $tmp/SERVICE.FAMILY.  It never half-closes,
# so only the time that it is given ends what the server does not.
to() {
	timeout 15 curl -sSN --max-time "$2" "telnet://$1" 2>/dev/null
}

# talk SERVICE FAMILY SECONDS
talk() {
	local status=0
	to "$(at "$1" "$2")" "$3" >"$tmp/$1.$2" || status=$?
	echo "$1 $2 $status" >>"$tmp/status"
}

serve_all
curls=()
for family in tcp4 tcp6; do
	for service in daytime time whoami; do
		talk $service $family 10 </dev/null &
		curls+=($!)
	done
	for service in echo discard; do
		printf %s "$GREETING" | talk $service $family 2 &
		curls+=($!)
	done
	talk chargen $family 1 </dev/null &
	curls+=($!)
done
wait "${curls[@]}"
same "curls" 12 "$(wc -l <"$tmp/status")"
while read -r service family status; do
	case $service in
	echo | discard | chargen) expected=28 ;;
	*) expected=0 ;;
	esac
	same "curl to $service over $family: exit status" $expected "$status"
	check_reply "$service" "$tmp/$service.$family"
done <"$tmp/status"
stop_tined
