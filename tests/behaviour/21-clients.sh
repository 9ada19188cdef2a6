#!/bin/bash
# Goal of this test: socat, ncat, OpenBSD's nc, curl's telnet and nmap -sV are
# served by every built-in, over TCP4, TCP6 and, where the client can, Unix
# sockets.  CLIENTS names some of them only.
. "$(dirname "$0")/../lib/behaviour.sh"
require socat

GREETING='hello, world'	# sent to echo and discard, by some to chargen

conf=$(for service in chargen daytime discard echo time whoami; do
	echo "service $service {"
	echo "listen = {\"127.0.0.1:0\", \"[::1]:0\", \"unix:$tmp/$service\"}"
	echo "builtin = $service }"
done | config)
start_tined -c "$conf"

# at SERVICE tcp4 | tcp6 | unix: its address.
at() {
	case $2 in
	tcp4) addresses "$1" | grep '^127' ;;
	tcp6) addresses "$1" | grep '^\[' ;;
	unix) addresses "$1" | grep '^unix' ;;
	esac
}

# check_reply SERVICE CLIENT FILE: FILE has a reply of that service.
check_reply() {
	local days='(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day' told out=$3
	case $1 in
	echo) same "$2: the reply of echo" "$GREETING" "$(cat "$out")" ;;
	discard) [ ! -s "$out" ] || fail "$2: discard replied $(cat "$out")" ;;
	chargen)
		# The first line begins with a blank or '!', each is 72 long.
		[ "$(head -c 74 "$out" | tr -d '\r\n' | wc -c)" -eq 72 ] ||
			fail "$2: chargen: $(head -c 74 "$out" | od -c)"
		;;
	daytime)
		grep -Eq "^$days, [A-Z][a-z]+ [0-9]+, 20[0-9][0-9] [0-9:]{8}-UTC" \
			"$out" || fail "$2: daytime: $(cat "$out")"
		;;
	time)
		same "$2: bytes of time" 4 "$(wc -c <"$out")"
		told=$(($(date +%s) + 2208988800 -
		    $(od -An -tu4 --endian=big "$out")))
		if [ "$told" -gt 60 ] || [ "$told" -lt 0 ]; then
			fail "$2: time is $told s late"
		fi
		;;
	whoami)
		grep -q '^service: whoami$' "$out" &&
			grep -Eq '^id: [0-9]+$' "$out" ||
			fail "$2: whoami: $(cat "$out")"
		;;
	esac
}

# to CLIENT ADDRESS: standard input goes there, the reply to standard output.
to() {
	local where=("$(host "$2")" "$(port "$2")")
	[[ $2 != unix:* ]] || where=(-U "${2#unix:}")
	case $1 in
	socat) ask "$2" ;;
	ncat) timeout 10 ncat "${where[@]}" ;;
	nc) timeout 10 nc.openbsd -N "${where[@]}" ;;
	# It does not half-close: only the time limit ends an open connection.
	curl) timeout 15 curl -sSN --max-time 2 "telnet://$2" 2>/dev/null ;;
	esac
}

# served CLIENT FAMILY: by every built-in.
served() {
	local client=$1 family=$2 what="$1 over $2" out=$tmp/$1.$2
	local service status expected
	for service in echo discard daytime time whoami; do
		status=0 expected=0
		case $client:$service in
		curl:echo | curl:discard) expected=28 ;;
		esac
		case $service in
		echo | discard) printf %s "$GREETING" ;;
		esac | to "$client" "$(at $service "$family")" >"$out" ||
			status=$?
		same "$what: $service: exit status" $expected $status
		check_reply $service "$what" "$out"
	done
	# chargen goes on until the client has closed.
	to "$client" "$(at chargen "$family")" <<<"$GREETING" 2>/dev/null |
		head -c 1000000 >"$out"
	same "$what: bytes of chargen" 1000000 "$(wc -c <"$out")"
	check_reply chargen "$what" "$out"
	# Lines of 72, each begins one character later than the last.
	awk 'BEGIN { RS = "\r\n" }
	NR < 13000 && length($0) != 72 { exit 1 }
	NR > 1 && NR < 13000 &&
	    substr($0, 1, 71) != substr(last, 2) { exit 1 }
	{ last = $0 }' "$out" || fail "$what: chargen's pattern"
}

# Its probes are hostile enough: every port must stay open.
scanned() {
	local family service services target ports pids=() scans
	scans=('1 chargen daytime time whoami' '0 discard echo')
	for family in 4 6; do
		target=127.0.0.1
		[ $family = 4 ] || target='-6 ::1'
		for services in "${scans[@]}"; do
			ports=
			for service in ${services#* }; do
				ports+=,$(port "$(at "$service" tcp$family)")
			done
			# shellcheck disable=SC2086 # two words
			timeout 60 nmap -sT -sV -n -Pn $target -p "${ports#,}" \
			    --version-intensity "${services%% *}" \
			    >"$tmp/nmap.$family.${services%% *}" 2>&1 &
			pids+=($!)
		done
	done
	for pid in "${pids[@]}"; do
		wait "$pid" || fail "nmap: $(cat "$tmp"/nmap.*)"
	done
	for family in 4 6; do
		same "open ports over IPv$family" 6 \
		    "$(cat "$tmp/nmap.$family".? | grep -Ec '^[0-9]+/tcp +open')"
		for service in chargen daytime time; do
			grep -Eq "^$(port "$(at $service tcp$family)")/tcp +open +$service" \
			    "$tmp/nmap.$family.1" ||
				fail "$service: $(cat "$tmp/nmap.$family.1")"
		done
	done
	printf %s "$GREETING" | ask "$(at echo tcp4)" >"$tmp/nmap"
	check_reply echo "after nmap" "$tmp/nmap"
}

missing=''
jobs=()
for client in ${CLIENTS:-socat ncat nc curl nmap}; do
	case $client in
	nc) command=nc.openbsd families="tcp4 tcp6 unix" ;;
	curl) command=curl families="tcp4 tcp6" ;;
	nmap) command=nmap families= ;;
	*) command=$client families="tcp4 tcp6 unix" ;;
	esac
	command -v "$command" >/dev/null 2>&1 || {
		missing+=" $command"
		continue
	}
	for family in $families; do
		served "$client" "$family" &
		jobs+=($!)
	done
	[ "$client" != nmap ] || {
		scanned &
		jobs+=($!)
	}
done
for job in "${jobs[@]}"; do
	wait "$job" || exit 1	# it has said why
done
wait_for_lines 18 '^info end .* exit=0$'
! untimed | grep -E '^error|signal=' || fail "the above in the log"
stop_tined
[ -z "$missing" ] || skip "missing:$missing; the rest passed"
