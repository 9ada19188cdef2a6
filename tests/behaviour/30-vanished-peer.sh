#!/bin/bash
# Goal of this test: a peer that vanishes without a packet is noticed within peer_timeout.
# shellcheck source=../lib/behaviour.sh
. "$(dirname "$0")/../lib/behaviour.sh"
require python3 ip
in_namespaces -n -m

# Two ends of a cable; the far one is in a network of its own.
unshare -n sleep 60 &
far=$!
record "$far"
other_network() { [ "$(readlink "/proc/$far/ns/net")" != "$(readlink /proc/self/ns/net)" ]; }
wait_until 5 other_network || fail "no second network"
ip link add near type veth peer name far netns "$far" 2>/dev/null ||
	skip "no veth"
ip addr add 192.0.2.1/24 dev near
ip link set near up
nsenter -t "$far" -n sh -c 'ip addr add 192.0.2.2/24 dev far; ip link set far up'

file=$(config <<END
service idle { listen = {"192.0.2.1:0"} builtin = echo idle_timeout = 1s peer_timeout = 2s }
service chargen { listen = {"192.0.2.1:0"} builtin = chargen idle_timeout = 1s peer_timeout = 2s }
service program { listen = {"192.0.2.1:0"} exec = {"/bin/cat"} peer_timeout = 2s idle_timeout = 1s }
END
)
start_tined -c "$file"
for service in idle chargen program; do
	name=ADDR_$service
	nsenter -t "$far" -n bash -c "exec 3<>/dev/tcp/${!name/:/\/} &&
		echo >&3 && head -c 1 <&3 && exec sleep 60" >"$tmp/$service.out" &
	record $!
done
for service in idle chargen program; do
	wait_until 10 test -s "$tmp/$service.out" || fail "$service: no answer"
done
ip link set near down
started=$(now_ms)
for service in idle chargen program; do
	wait_for_log "^info end service=$service " 15
	echo "$service: $(($(now_ms) - started)) ms"
done
kill -USR1 "$PID"
for service in idle chargen program; do
	wait_for_log "^notice state .*service=$service .*sessions=0"
done
stop_tined
