#!/bin/bash
# Goal of this test: a real systemd starts, reloads, watches and stops what
# `make install` installs, by the unit as it is shipped.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/systemd.sh"
require socat python3 make

sd_install
sd_boot
sd_units
user=$(sed -n 's/^User=//p' "$top_builddir/systemd/tined.service")
sd id "$user" >/dev/null || fail "no user $user"

main_pid() {
	sd_show tined.service MainPID
}

# fields FIELD=VALUE FIELD...: the values of these fields in the journal's
# entries that have the first, an entry a line.
fields() {
	local match=$1
	shift
	sd journalctl --no-pager -o json "$match" | python3 -c '
import json, sys
for line in sys.stdin:
    entry = json.loads(line)
    print(*[entry.get(name, "-") for name in sys.argv[1:]])' "$@"
}

in_journal() {
	fields "$1" "${@:3}" | grep -E "$2" >/dev/null
}

status() {
	sd_show tined.service StatusText
}
status_is() {
	status | grep -Eq "$1"
}
# systemd reads its notifications asynchronously.
status_will_be() {
	wait_until 10 status_is "$1" || fail "status: $(status), not $1"
}

# ------------------------------------------------------------ start and serve

configure <<'EOF2'
service echo {
    listen  = {"127.0.0.1:7", "unix:/run/tined/echo.sock"}
    builtin = echo
}
EOF2
sd systemctl start tined.service || fail "start"
sd_state tined.service active
same "the echo" hello "$(echo hello | connect 7)"
same "the echo by Unix socket" hello \
    "$(echo hello | sd socat -t 10 - UNIX-CONNECT:/run/tined/echo.sock)"
same "whose processes they are" "$user" \
    "$(sd ps -o user= -p "$(sd_pids tined.service | paste -sd,)" | sort -u)"
[ -n "$(sd_show tined.service StatusText)" ] || fail "no status"

wait_until 10 in_journal TINED_SERVICE=echo '^127\.0\.0\.1:[0-9]+ 6 6$' \
    TINED_PEER TINED_IN TINED_OUT ||
	fail "the end of the connection is not in the journal"

# -------------------------------------------------------------------- signals

before=$(sd_pids tined.service | sort)
for name in USR1 USR2 ALRM PIPE WINCH; do
	sd systemctl kill -s "$name" tined.service || fail "kill -s $name"
done
wait_until 10 in_journal TINED_EVENT=state '^echo$' TINED_SERVICE ||
	fail "the state is not in the journal"
same "the echo after all kinds of signals" hello \
    "$(echo hello | connect 7)"
same "the processes" "$before" "$(sd_pids tined.service | sort)"
sd systemctl kill --kill-whom=main -s HUP tined.service || fail "kill -s HUP"
wait_until 10 in_journal TINED_EVENT=reloaded reloaded TINED_EVENT ||
	fail "no reload by HUP"
same "the processes after HUP" "$before" "$(sd_pids tined.service | sort)"

# --------------------------------------------------------------------- reload

before=$(main_pid)
configure <<'EOF2'
service echo {
    listen  = {"127.0.0.1:7", "unix:/run/tined/echo.sock"}
    builtin = echo
    per_source = 10
}
service daytime {
    listen  = {"127.0.0.1:13"}
    builtin = daytime
}
EOF2
sd systemctl reload tined.service || fail "reload"
daytime() {
	[ -n "$(connect 13 </dev/null 2>/dev/null)" ]
}
# The reload is over when the command is.
daytime || fail "the new service does not answer"
status_will_be '^serving 2 services, '
same "the control socket" "srw------- $user" \
    "$(sd stat -c '%A %U' /run/tined/control)"
same "the echo after a reload" hello "$(echo hello | connect 7)"

configure <<'EOF2'
service echo {
    listen  = {"127.0.0.1:7"}
    builtin = ecco
}
EOF2
sd systemctl reload tined.service 2>/dev/null && fail "reload took a bad file"
sd_state tined.service active
sd_journal | grep -q "tined.conf:[0-9]*:.*" || fail "the mistake is not named"
same "the echo after a bad reload" hello "$(echo hello | connect 7)"
wait_until 10 daytime || fail "a bad reload took a service away"
same "main" "$before" "$(main_pid)"
status_will_be "^reload refused: $SD_CONF:3: builtin: ecco: .* \\(serving 2 services, "

# An error that -t cannot find: an address in use.
sd socat TCP4-LISTEN:7009,bind=127.0.0.1,fork PIPE &
other=$!
record "$other"
taken() {
	sd ss -Hltn 'sport = 7009' | grep -q .
}
wait_until 10 taken || fail "port 7009 is not taken"
{
	cat <<-EOF2
	service echo {
	    listen  = {"127.0.0.1:7", "unix:/run/tined/echo.sock"}
	    builtin = echo
	}
	EOF2
	echo 'service c { listen = {"127.0.0.1:7009"} builtin = echo }'
} | configure
sd systemctl reload tined.service 2>/dev/null &&
	fail "reload took an address that is taken"
status_will_be '^reload refused: c: bind 127\.0\.0\.1:7009: Address already in use \(serving 2 services, '
# tine has written it to the journal, too.
wait_until 10 in_journal SYSLOG_IDENTIFIER=tine \
    '^c: bind 127\.0\.0\.1:7009: Address already in use$' MESSAGE ||
	fail "tine does not say why"
sd_state tined.service active
daytime || fail "a refused reload took a service away"
# The status stays until the next successful reload.
sd socat EXEC:'sleep 30' TCP4:127.0.0.1:7 &
client=$!
record "$client"
status_will_be '^reload refused: c: .* 1 connection\)'
sd pkill -x socat
wait_exit "$other" || :
wait_exit "$client" || :
sd systemctl reload tined.service || fail "reload when the address is free"
status_will_be '^serving 2 services, '
same "the echo of the new service" hello "$(echo hello | connect 7009)"
same "main" "$before" "$(main_pid)"
# Another user cannot reload.
sd setpriv --reuid=65534 --regid=65534 --clear-groups -- "${SD_SBIN%/sbin}/bin/tine" reload \
    >"$tmp/tine" 2>&1 && fail "the user nobody may reload"
grep -q 'not allowed' "$tmp/tine" || fail "tine says: $(cat "$tmp/tine")"
configure <<'EOF2'
service echo {
    listen  = {"127.0.0.1:7"}
    builtin = ecco
}
EOF2

# A start with a bad file fails for good.
sd systemctl stop tined.service || fail "stop"
sd systemctl start tined.service 2>/dev/null && fail "started with a bad file"
sd_state tined.service failed
sd systemctl reset-failed tined.service

# ---------------------------------------------------------- socket activation

configure <<'EOF2'
service echo {
    listen  = {"systemd:echo"}
    builtin = echo
}
EOF2
sd systemctl start tined.socket || fail "start of the socket"
sd_state tined.socket active
same "before the first connection" inactive \
    "$(sd systemctl is-active tined.service)"
same "the echo by activation" hello "$(echo hello | connect 7)"
sd_state tined.service active
# A restart loses no connection: the listener is systemd's.
sd systemctl restart tined.service || fail "restart"
same "the echo after a restart" hello "$(echo hello | connect 7)"

# ------------------------------------------------------------------- watchdog

mkdir -p "$SD_ROOT$SD_UNITS/tined.service.d"
printf '[Service]\nWatchdogSec=2s\n' \
    >"$SD_ROOT$SD_UNITS/tined.service.d/watchdog.conf"
sd systemctl daemon-reload
sd systemctl restart tined.service || fail "restart with a watchdog"
before=$(main_pid)
# The watchdog is fed.
same "restarts" 0 "$(sd_show tined.service NRestarts)"
sd kill -STOP "$before"
replaced() {
	local now
	now=$(main_pid)
	[ "$now" != 0 ] && [ "$now" != "$before" ] &&
	    sd_is tined.service active
}
wait_until 20 replaced || fail "the watchdog does not bite"
same "the echo after the watchdog" hello "$(echo hello | connect 7)"

# ----------------------------------------------------------------------- stop

sd systemctl stop tined.socket tined.service || fail "stop"
sd_state tined.service inactive
same "the result" success "$(sd_show tined.service Result)"
same "processes left" "" "$(sd_pids tined.service)"
