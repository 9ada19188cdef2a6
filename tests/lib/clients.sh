# shellcheck shell=bash
# Every built-in service, as real clients see it.  Source it after
# behaviour.sh.
#
#	serve_all [ARGUMENT...]	starts all of them, over TCP4, TCP6 and Unix
#	check_reply SERVICE FILE	fails unless FILE holds such an answer
#
# A client sends $GREETING to echo, discard and chargen, and nothing else.

GREETING='hello, world'

serve_all() {
	local service file
	file=$(for service in chargen daytime discard echo time whoami; do
		echo "service $service {"
		echo "listen = {\"127.0.0.1:0\", \"[::1]:0\", \"unix:$tmp/$service\"}"
		echo "builtin = $service }"
	done | config)
	start_tined -c "$file" "$@"
}

# at SERVICE tcp4 | tcp6 | unix: its address.
at() {
	case $2 in
	tcp4) addresses "$1" | grep '^127' ;;
	tcp6) addresses "$1" | grep '^\[' ;;
	unix) addresses "$1" | grep '^unix' ;;
	esac
}

check_reply() {
	local days='(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day' now told
	case $1 in
	echo)
		same "the reply of echo" "$GREETING" "$(cat "$2")"
		;;
	discard)
		[ ! -s "$2" ] || fail "discard replied $(cat "$2")"
		;;
	chargen)
		# The first line begins with a blank or '!', each is 72 long.
		[ "$(head -c 74 "$2" | tr -d '\r\n' | wc -c)" -eq 72 ] ||
			fail "chargen: $(head -c 74 "$2" | od -c)"
		;;
	daytime)
		grep -Eq "^$days, [A-Z][a-z]+ [0-9]+, 20[0-9][0-9] [0-9:]{8}-UTC" \
			"$2" || fail "daytime: $(cat "$2")"
		;;
	time)
		same "bytes of time" 4 "$(wc -c <"$2")"
		now=$(($(date +%s) + 2208988800))
		told=$(od -An -tu4 --endian=big "$2")
		[ $((now - told)) -le 60 ] || fail "time: $told, not $now"
		[ $((now - told)) -ge 0 ] || fail "time: $told, not $now"
		;;
	whoami)
		grep -q '^service: whoami$' "$2" || fail "whoami: $(cat "$2")"
		grep -Eq '^id: [0-9]+$' "$2" || fail "whoami: $(cat "$2")"
		;;
	esac
}
