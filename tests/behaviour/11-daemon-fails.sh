#!/bin/bash
# Goal of this test: a daemon's start that fails says why and exits with the
# reason's status.
. "$(dirname "$0")/../lib/behaviour.sh"
require socat ip
in_namespaces -n -m
# No configuration or syslog of the machine's is touched.

# daemon STATUS PATTERN LISTEN [MORE]: a daemon whose start must fail.
daemon() {
	local file
	file=$(config <<-END
		pid_file = "$tmp/pid"
		service good { listen = {"unix:$tmp/good"} builtin = echo }
		service echo { listen = {"$3"} builtin = echo ${4:-} }
	END
	)
	refuses "$1" "$2" -c "$file"
	same "lines" 1 "$(wc -l <"$tmp/refused.err")"
	same "what was left" "" "$(ls "$tmp/pid" "$tmp/good" 2>/dev/null)"
	pgrep -f -- "-c $file" && fail "it still runs"
	return 0
}

start_tined -l 127.0.0.1:0 -s echo
daemon 69 "^tined: echo: bind $ADDR_echo: Address already in use$" "$ADDR_echo"
daemon 69 '^tined: echo: bind 192\.0\.2\.1:7: Cannot assign requested address' \
	192.0.2.1:7
daemon 69 '^tined: echo: listen no-such-host\.invalid:7: .*(not known|resolution)' \
	no-such-host.invalid:7
daemon 69 '^tined: echo: .*unix:/nonexistent/s: the directory does not exist' \
	unix:/nonexistent/s
daemon 78 '^/.*:3: user: no-such-user: no such user$' 127.0.0.1:0 \
	'user = "no-such-user"'
daemon 69 '^tined: echo: listen systemd:none: ' systemd:none
same "the first one" hello "$(echo hello | ask "$ADDR_echo")"
stop_tined

# Below 1024, without the privilege: which setting, and which capability.
require setpriv
cp "$TINED_FILE" "$TINED_ACCEPTOR" "$tmp/"
TINED=$tmp/tined
less=-net_bind_service
ways=("--bounding-set=$less --inh-caps=$less --ambient-caps=$less")
[ "$(id -u)" -ne 0 ] || ways+=("--reuid=65534 --regid=65534 --clear-groups")
for as in "${ways[@]}"; do
	# shellcheck disable=SC2086 # several options
	printf '#!/bin/sh\nexec setpriv %s %s "$@"\n' "$as" "$tmp/tined" \
		>"$tmp/unprivileged"
	chmod 755 "$tmp/unprivileged"
	TINED=$tmp/unprivileged
	refuses 77 \
		'^tined: echo: bind 127\.0\.0\.1:7: .*CAP_NET_BIND_SERVICE.*ip_unprivileged_port_start' \
		-f -l 127.0.0.1:7 -s echo
done
