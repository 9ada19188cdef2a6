#!/bin/bash
# Goal of this test: a peer that vanishes without a packet is given up within
# the configured time, whether it is waited for, written to, or a program's.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
. "$(dirname "$0")/../lib/failure.sh"
require python3 ip
in_namespaces -n -m

# Two ends of a cable; the far one is in a network of its own.
unshare -n sleep 120 &
far=$!
record "$far"
other_network() { [ "$(readlink "/proc/$far/ns/net")" != "$(readlink /proc/self/ns/net)" ]; }
wait_until 5 other_network || fail "no second network"
ip link add near type veth peer name far \
	address 02:00:00:00:00:02 netns "$far" 2>/dev/null ||
	skip "no veth"
ip addr add 192.0.2.1/24 dev near
ip link set near up
nsenter -t "$far" -n sh -c 'ip addr add 192.0.2.2/24 dev far; ip link set far up'
# Its hardware address is known for good: without an answer to ARP this end
# would get "No route to host" rather than no answer.
ip neigh replace 192.0.2.2 lladdr 02:00:00:00:00:02 dev near nud permanent ||
	fail "no neighbour"

# idle: a built-in that waits.  chargen, program: bytes that are not
# acknowledged, which peer_timeout is for.  waits: unanswered keepalives.
# total: no packet is ever under way, and only max_time ends it.  quiet: a
# program without peer_timeout, whose keepalives idle_timeout times.  probed: a
# built-in that would wait for ever.
file=$(config <<END
defaults { listen = {"192.0.2.1:0"} idle_timeout = 1s peer_timeout = 2s }
service idle { builtin = echo idle_timeout = 2s peer_timeout = 30s }
service chargen { builtin = chargen }
service program { exec = {"/bin/sh", "-c", "read x; echo; exec cat /dev/zero"} }
service waits { exec = {"/bin/cat"} }
service quiet { exec = {"/bin/cat"} peer_timeout = auto }
service probed { builtin = echo idle_timeout = none peer_timeout = 2s }
service total { exec = {"/bin/cat"} keepalive = no max_time = 4s }
END
)
start_tined -c "$file"
names=(idle chargen program waits quiet probed total)
remember
for service in "${names[@]}"; do
	name=ADDR_$service
	nsenter -t "$far" -n bash -c "exec 3<>/dev/tcp/${!name/:/\/} &&
		echo >&3 && head -c 1 <&3 && exec sleep 110" >"$tmp/$service.out" &
	record $!
done
for service in "${names[@]}"; do
	wait_until 10 test -s "$tmp/$service.out" || fail "$service: no answer"
done
# Without its address the far host drops what comes, and says nothing.
nsenter -t "$far" -n ip addr flush dev far
started=$(now_ms)
# shellcheck disable=SC2046 # a word each
cpu=$(cpu_ms $(servers))
for service in "${names[@]}"; do
	wait_for_log "^info end service=$service " 15
	took=$(($(now_ms) - started))
	echo "$service: $took ms: $(in_log -h "^info end service=$service ")"
done
# shellcheck disable=SC2046
cheap "waiting for them" "$cpu" "$(cpu_ms $(servers))" 200
# The reason of each end: the client has not closed.
in_log -q '^info end service=idle .*reason=idle_timeout' ||
	fail "idle: another reason"
in_log -q '^info end service=total .*reason=max_time' ||
	fail "total: another reason"
in_log -q '^info end service=probed .*reason=peer_timeout' ||
	fail "probed: another reason"
wait_for_lines 3 '^info stderr .*Connection timed out"'
alive "${others[1]}" || fail "the client has ended"
unchanged
stop_tined
