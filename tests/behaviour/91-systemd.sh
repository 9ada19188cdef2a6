#!/bin/bash
# Goal of this test: a real systemd starts, reloads, watches and stops what
# `make install` installs, by the unit as it is shipped.
# shellcheck source=../lib/behaviour.sh
. "$(dirname "$0")/../lib/behaviour.sh"
# shellcheck source=../lib/systemd.sh
. "$(dirname "$0")/../lib/systemd.sh"
require socat python3 make
[ -x /lib/systemd/systemd ] || skip "systemd is missing"

# -------------------------------------------------------------- installation

setting() {
	sed -n "s/^$1 = //p" "$top_builddir/Makefile"
}

prefix=$(setting prefix)
dest=$tmp/dest
env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL -u MAKEOVERRIDES \
    make -s -C "$top_builddir" install DESTDIR="$dest" >"$tmp/install" 2>&1 || {
	cat "$tmp/install"
	fail "make install"
}

# The paths that it was configured with, as make expands them.
expand() {
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL -u MAKEOVERRIDES \
	    make -s -C "$top_builddir" --no-print-directory \
	    --eval="print-it: ; @echo '\$($1)'" print-it
}
sbindir=$(expand sbindir)
conf=$(expand sysconfdir)/tined/tined.conf
[ -x "$dest$sbindir/tined" ] || fail "no $sbindir/tined was installed"
[ -f "$dest$conf" ] || fail "no $conf was installed"

case $conf in
"$prefix"/*) sd_overlay "$dest$prefix" "$prefix" ;;
*)
	sd_overlay "$dest$prefix" "$prefix"
	sd_overlay "$dest${conf%/tined/tined.conf}" "${conf%/tined/tined.conf}"
	;;
esac
sd_boot

# The configuration is to be changed; the rest of the overlay is read-only.
sd mount -t tmpfs -o mode=0755 tmpfs "${conf%/*}" || fail "tmpfs on ${conf%/*}"

configure() {
	cat >"$SD_ROOT$conf.new" && chmod 0644 "$SD_ROOT$conf.new" &&
	    mv "$SD_ROOT$conf.new" "$SD_ROOT$conf"
}

cp "$top_builddir/systemd/tined.service" "$top_srcdir/systemd/tined.socket" \
    "$SD_ROOT$SD_UNITS/"
sd systemd-sysusers - <"$top_builddir/systemd/tined.sysusers" ||
	fail "systemd-sysusers"
user=$(sed -n 's/^User=//p' "$top_builddir/systemd/tined.service")
sd id "$user" >/dev/null || fail "no user $user"

# What instrumented code does is more than the unit permits.
if [ "$WIDE_SANDBOX" != 0 ]; then
	mkdir "$SD_ROOT$SD_UNITS/tined.service.d"
	printf '[Service]\n%s\n' 'SystemCallFilter=
MemoryDenyWriteExecute=no
ProcSubset=all
LockPersonality=no
ProtectSystem=no
Environment=ASAN_OPTIONS=detect_leaks=0' \
	    >"$SD_ROOT$SD_UNITS/tined.service.d/wide.conf"
fi
sd systemctl daemon-reload

# What the unit said, when a step has failed.
journal() {
	sd journalctl --no-pager -o short-monotonic -u tined.service | tail -n 60
}
finally 'if [ "$status" -ne 0 ] && [ -n "$SD_PID" ]; then journal; fi'

# connect PORT: sends standard input, prints the reply.
connect() {
	sd socat -t 10 - "TCP4:127.0.0.1:$1"
}

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
	fields "$1" "${@:3}" | grep -Eq "$2"
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
same "main's user" "$user" "$(sd ps -o user= -p \
    "$(sd pgrep -o -x tined)" | tr -d ' ')"
[ -n "$(sd_show tined.service StatusText)" ] || fail "no status"

wait_until 10 in_journal TINED_SERVICE=echo '^127\.0\.0\.1:[0-9]+ 6 6$' \
    TINED_PEER TINED_IN TINED_OUT ||
	fail "the end of the connection is not in the journal"

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
wait_until 10 daytime || fail "the new service does not answer"
same "the echo after a reload" hello "$(echo hello | connect 7)"

configure <<'EOF2'
service echo {
    listen  = {"127.0.0.1:7"}
    builtin = ecco
}
EOF2
sd systemctl reload tined.service 2>/dev/null && fail "reload took a bad file"
sd_state tined.service active
journal | grep -q "tined.conf:[0-9]*:.*" || fail "the mistake is not named"
same "the echo after a bad reload" hello "$(echo hello | connect 7)"
wait_until 10 daytime || fail "a bad reload took a service away"
same "main" "$before" "$(main_pid)"

# A start with a bad file fails, and is not tried again.
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
# Fed, it does not bite.
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
! sd pgrep -x 'tined|tined-acceptor' || fail "a process is left"
exit 0
