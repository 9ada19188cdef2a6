#!/bin/bash
# Goal of this test: systemd's limits do not cut short what the configuration
# allows: a long drain, an address that is configured late.  An error in the
# configuration does not cause restarts.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/systemd.sh"
require socat python3 make ip

sd_install
sd_boot
sd_units

# limits LINE...: more settings of the unit, in a drop-in.
limits() {
	mkdir -p "$SD_ROOT$SD_UNITS/tined.service.d"
	printf '[Service]\n' >"$SD_ROOT$SD_UNITS/tined.service.d/limits.conf"
	printf '%s\n' "$@" >>"$SD_ROOT$SD_UNITS/tined.service.d/limits.conf"
	sd systemctl daemon-reload
}

# ------------------------------------------------------------ an address later

# More starts than systemd's own limit, five in ten seconds.
limits RestartSec=100ms
configure <<'EOF2'
service echo { listen = {"192.0.2.7:7"} builtin = echo }
service local { listen = {"127.0.0.1:8"} builtin = echo }
EOF2
sd systemctl start --no-block tined.service
restarted() {
	[ "$(sd_show tined.service NRestarts)" -ge 8 ]
}
wait_until 30 restarted || fail "given up after $(sd_show tined.service \
    NRestarts) restarts: $(sd_show tined.service Result)"
[ "$(sd journalctl --no-pager -o cat -u tined.service |
    grep -c "status=69")" -ge 8 ] || fail "not for the address"
sd ip addr add 192.0.2.7/32 dev lo || fail "no address"
sd_state tined.service active
same "the echo" hello "$(echo hello | sd socat -t 10 - TCP4:192.0.2.7:7)"
sd systemctl stop tined.service || fail "stop"

# ------------------------------------------------------------------- a mistake

configure <<'EOF2'
service echo { listen = {"127.0.0.1:7"} builtin = ecco }
EOF2
since=$(sd date +%s)
sd systemctl start tined.service 2>/dev/null && fail "started with a bad file"
sd_state tined.service failed
same "the exit status" 78 "$(sd_show tined.service ExecMainStatus)"
same "restarts" 0 "$(sd_show tined.service NRestarts)"
sd journalctl --no-pager -o cat -u tined.service --since="@$since" |
	grep -q "tined.conf:1: .*ecco" || fail "the mistake is not named"
sd systemctl reset-failed tined.service

# ---------------------------------------------------------------- a long drain

limits TimeoutStopSec=12s
configure <<'EOF2'
drain_timeout = 2m
service echo { listen = {"127.0.0.1:7"} builtin = echo }
EOF2
sd systemctl start tined.service || fail "start"
mkfifo "$tmp/held"
sd_talk() {
	nsenter -t "$SD_PID" -a -- socat - TCP4:127.0.0.1:7 <"$tmp/held" \
	    >"$tmp/said" &
	record $!
	exec {HELD}>"$tmp/held"
	echo one >&"$HELD"
	wait_until 10 grep -qs one "$tmp/said" || fail "no echo"
}
sd_talk
start=$(now_ms)
sd systemctl stop --no-block tined.service || fail "stop"
sd_state tined.service deactivating
# A daemon-reload resets the time that EXTEND_TIMEOUT_USEC asked for.
sd systemctl daemon-reload
lasted() {
	[ $(($(now_ms) - start)) -gt 15000 ]
}
wait_until 30 lasted
same "the unit, 15 s later" deactivating \
    "$(sd systemctl is-active tined.service)"
echo two >&"$HELD"
wait_until 10 grep -qs two "$tmp/said" || fail "the session was cut"
exec {HELD}>&-
sd_state tined.service inactive
same "the result" success "$(sd_show tined.service Result)"
sd journalctl --no-pager -o cat TINED_EVENT=end | grep -q 'in=8 out=8.*exit=0' ||
	fail "the end of the session is not in the journal"
exit 0
