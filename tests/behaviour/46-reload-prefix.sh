#!/bin/bash
# Goal of this test: after a reload with other source prefixes old sessions
# count in per_source by the new ones, and only once.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
require socat python3

# configure BITS PER-SOURCE
configure() {
	cat >"$conf" <<-END
	defaults {
		listen = {"127.0.0.1:0"}
		source_prefix_v4 = $1
		per_source = $2
		refuse_message = "too many\n"
	}
	service echo { builtin = echo }
	service cat { exec = {"/bin/cat"} acceptors = 2 }
	END
}

# from ADDRESS: whether a client from there is served: served, refused.
from() {
	local reply
	reply=$(echo hi | timeout 10 socat - \
	    "TCP:127.0.0.1:$port,bind=$1" 2>/dev/null)
	case $reply in
	hi) echo served ;;
	'too many') echo refused ;;
	*) echo "neither: $reply" ;;
	esac
}

conf=$(config </dev/null)
configure 32 2
start_tined -c "$conf"
for service in echo cat; do
	address=ADDR_$service
	address=${!address}
	port=$(port "$address")
	configure 32 2
	reload
	held=()
	for source in 127.0.1.1 127.0.1.1 127.0.1.2; do
		SOURCE=$source hold "$tmp/held" 1 "$address"
		same "$service: $source" "served=1 closed=0 waiting=0" \
		    "$(held "$tmp/held")"
		held+=("$HOLD_PID")
	done
	same "$service, /32: one of two" refused "$(from 127.0.1.1)"
	same "$service, /32: another" served "$(from 127.0.1.3)"
	# Its old acceptor stays for up to a second, for a refused one that does
	# not close: what it counts agrees with the new one's at once, and so
	# does what main counts when it has gone.
	talks=()
	for _ in 1 2 3; do
		talk "$address"
		talks+=("$TALK")
	done
	read -r -t 10 refused <&"$TALK"
	same "$service: the third" "too many" "$refused"
	mapfile -t old < <(acceptor "$service")
	configure 24 4
	reload
	SOURCE=127.0.1.4 hold "$tmp/held" 1 "$address"
	same "$service, /24: the fourth" "served=1 closed=0 waiting=0" \
	    "$(held "$tmp/held")"
	held+=("$HOLD_PID")
	same "$service, /24: the fifth" refused "$(from 127.0.1.5)"
	same "$service, /24: another network" served "$(from 127.0.2.1)"
	for pid in "${old[@]}"; do
		wait_until 5 dead "$pid" || fail "$service: $pid stays"
	done
	for TALK in "${talks[@]}"; do
		exec {TALK}>&-
	done
	same "$service, /24, adopted: the fifth" refused "$(from 127.0.1.5)"
	same "$service, /24, adopted: another network" served \
	    "$(from 127.0.2.1)"
	release "${held[3]}"
	wait_until 10 sessions_are "$service" 3 || fail "it does not end"
	same "$service, /24: the fourth again" served "$(from 127.0.1.6)"
	# And back: adopted sessions are counted by the old prefix again.
	configure 32 2
	reload
	same "$service, /32 again: one of two" refused "$(from 127.0.1.1)"
	same "$service, /32 again: one of one" served "$(from 127.0.1.2)"
	release "${held[0]}"
	wait_until 10 sessions_are "$service" 2 || fail "it does not end"
	same "$service: one has gone" served "$(from 127.0.1.1)"
	release "${held[1]}"
	release "${held[2]}"
	wait_until 10 sessions_are "$service" 0 || fail "they do not end"
	configure 32 1
	reload
	same "$service: no session is counted any more" served "$(from 127.0.1.2)"
done
stop_tined
