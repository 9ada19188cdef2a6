#!/bin/bash
# Goal of this test: -t, run by root, names what the services' users and the
# unit's user cannot do, and where what they need is.
. "$(dirname "$0")/../lib/behaviour.sh"
require_root
require setpriv mount
in_namespaces -m

serve() {
	cat >"$tmp/conf"
}
# refused PATTERN...: -t says so, each on a line, and nothing else.
refused() {
	local status=0 pattern
	"$TINED" -t -c "$tmp/conf" >"$tmp/said" 2>&1 || status=$?
	cat "$tmp/said"
	same "the exit status of -t" 78 "$status"
	for pattern; do
		grep -Eq -- "^$tmp/conf:$pattern" "$tmp/said" ||
			fail "-t does not say $pattern"
	done
	same "lines" $# "$(but_for_the_kernel <"$tmp/said" | wc -l)"
}
good() {
	same "what -t says$1" "configuration OK" \
	    "$("$TINED" -t -c "$tmp/conf" 2>&1 | but_for_the_kernel)"
}

# A program that its service's user cannot execute.
mkdir "$tmp/closed"
cp "$(command -v cat)" "$tmp/closed/cat"
cp "$(command -v cat)" "$tmp/root"
chmod 0700 "$tmp/closed" "$tmp/root"
serve <<END
service good { listen = {"127.0.0.1:0"} exec = {"/bin/cat"} user = "daemon" }
service program { listen = {"127.0.0.1:0"} user = "daemon"
	exec = {"$tmp/root"} }
service directory { listen = {"127.0.0.1:0"} user = "4711" group = "4712"
	exec = {"$tmp/closed/cat", "-u"} }
END
why='cannot execute it: Permission denied$'
refused "3: exec: $tmp/root: user daemon $why" \
    "5: exec: $tmp/closed/cat: user 4711 $why"
# The start fails with the same message.
refuses 78 "^tined: [a-z]+: $tmp/.*: the service's user cannot execute it\$" \
    -f -c "$tmp/conf"
mount -t tmpfs none /mnt || skip "no tmpfs" # not below /tmp
cp -p "$tmp/root" /mnt/root
refuses 78 '/mnt/root: .*cannot execute it$' -f -l 127.0.0.1:0 \
    -o sandbox=strict -- /mnt/root
# So does a reload.
cp "$tmp/conf" "$tmp/bad"
sed -n 1p "$tmp/bad" >"$tmp/conf"
start_tined -c "$tmp/conf"
sed -i "s,/bin/cat,$tmp/root," "$tmp/conf"
kill -HUP "$PID"
wait_for_log "error .*$tmp/root: the service's user cannot execute it" 20
same "what is served" hi "$(echo hi | ask "$ADDR_good")"
stop_tined
chmod 0755 "$tmp/closed" "$tmp/root"
cp "$tmp/bad" "$tmp/conf"
good ""

# A user of its own needs no root, and finds the same.
chmod 0700 "$tmp/root"
setpriv --reuid=4711 --regid=4711 --clear-groups "$TINED" -t -l 127.0.0.1:0 \
    -- "$tmp/root" >"$tmp/said" 2>&1 && fail "-t by a user: OK"
same "what -t says to a user" "tined: exec: $tmp/root: Permission denied" \
    "$(but_for_the_kernel <"$tmp/said")"
chmod 0755 "$tmp/root"

# The unit's user can give no other user, no root directory, no rights.
mkdir -p /etc/systemd/system || skip "no /etc/systemd"
mount -t tmpfs none /etc/systemd/system || skip "no tmpfs"
sed -e "s,^ExecStart=.*,& --config $tmp/conf," \
    -e 's/^\(User\|Group\)=.*/\1=daemon/' \
    "$top_builddir/systemd/tined.service" >/etc/systemd/system/tined.service
serve <<END
defaults { listen = {"127.0.0.1:0"} exec = {"/bin/cat"} }
service own { user = "daemon" group = "daemon" }
service none { }
service user { user = "4711" group = "daemon" }
service group { group = "4712" }
service chroot { builtin = echo exec = {} chroot = "/" }
service socket { listen = {"unix:$tmp/s"} socket_user = "4711" }
service nice { nice = -1 }
service capabilities { capabilities = {"cap_chown"} }
END
why='tined\.service runs tined as daemon, which has no right to do that: see .*/tined-programs\.conf$'
refused "4: user: 4711: $why" "5: group: 4712: $why" "6: chroot: /: $why" \
    "7: socket_user: 4711: $why" "8: nice: below 0: $why" \
    "9: capabilities: any: $why"
# Another file is not the unit's, and the drop-in makes tined root.
cp "$tmp/conf" "$tmp/other"
same "another file" "configuration OK" \
    "$("$TINED" -t -c "$tmp/other" 2>&1 | but_for_the_kernel)"
mkdir /etc/systemd/system/tined.service.d
cp "$top_srcdir/systemd/tined-programs.conf" /etc/systemd/system/tined.service.d
good " with the drop-in"
rm -r /etc/systemd/system/tined.service.d

# A masked unit starts nothing, also where another one is installed below it.
mkdir -p /run/systemd/system
mount -t tmpfs none /run/systemd/system || skip "no tmpfs"
cp /etc/systemd/system/tined.service /run/systemd/system/
ln -sf /dev/null /etc/systemd/system/tined.service
good ", masked"
rm /etc/systemd/system/tined.service
refused "4: user: 4711: $why" "5: group: 4712: $why" "6: chroot: /: $why" \
    "7: socket_user: 4711: $why" "8: nice: below 0: $why" \
    "9: capabilities: any: $why"
mv /run/systemd/system/tined.service /etc/systemd/system/

# And its log names the drop-in.
status=0
NOTIFY_SOCKET=@nobody setpriv --reuid=4711 --regid=4711 --clear-groups \
    "$TINED" -f -c "$tmp/conf" >"$tmp/said" 2>&1 || status=$?
same "the exit status of the unit's start" 78 "$status"
grep -q 'group: daemon: needs tined to be root$' "$tmp/said" ||
	fail "it does not say what needs root: $(cat "$tmp/said")"
grep -Eq "^tined: the unit's user is not root: see .*/tined-programs\.conf\$" \
    "$tmp/said" || fail "it does not say where: $(cat "$tmp/said")"
exit 0
