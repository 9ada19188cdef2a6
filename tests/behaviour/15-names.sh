#!/bin/bash
# Goal of this test: host names and services(5) names are accepted as addresses
# and ports.
. "$(dirname "$0")/../lib/behaviour.sh"
require socat ip mount getent
in_namespaces -n -m

# Names of this mount namespace's own.
printf '127.0.0.1 four both partly\n::1 six both\n192.0.2.1 partly none\n' >"$tmp/hosts"
printf 'tined-test\t7117/tcp alias-test\ntined-udp\t7118/udp\n' >"$tmp/services"
printf 'hosts: files\nservices: files\n' >"$tmp/nsswitch"
mount --bind "$tmp/hosts" /etc/hosts || skip "no bind mounts"
for file in /etc/services /etc/nsswitch.conf; do
	[ -e $file ] || skip "no $file"
done
mount --bind "$tmp/services" /etc/services
mount --bind "$tmp/nsswitch" /etc/nsswitch.conf

start_tined -l both:tined-test -s echo
same "the addresses of a name" "127.0.0.1:7117 [::1]:7117" \
	"$(addresses echo | sort | xargs)"
for address in $(addresses echo); do
	same "echo at $address" hello "$(echo hello | ask "$address")"
done
stop_tined

# Without a privilege and in a network of its own: a port of services(5).
start_tined -l six:alias-test -s echo
same "one address" '[::1]:7117' "$(addresses echo)"
stop_tined

# Addresses that the machine does not have are left out with a warning, if one
# remains.
start_tined -l partly:0 -s echo
wait_for_log 'bind 192\.0\.2\.1:0: .*\(the other addresses of partly:0 are used\)'
same "what is left" 127.0.0.1 "$(host "$(addresses echo)")"
stop_tined

refuses 69 '^tined: echo: .*192\.0\.2\.1.*Cannot assign' -f -l none:0 -s echo
refuses 69 '^tined: echo: listen missing:0: ' -f -l missing:0 -s echo
refuses 78 'no-such-service' -f -l four:no-such-service -s echo
refuses 78 'tined-udp' -f -l four:tined-udp -s echo
