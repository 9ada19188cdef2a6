#!/bin/bash
# Goal of this test: with its drop-in for programs, the unit runs a program as
# another user, in a chroot, and below a nice value; as shipped it does not.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/systemd.sh"
require socat make
# /usr must have all that ls needs.
[ -L /bin ] || skip "/usr is not merged"

sd_install
sd_boot
sd_units

# A nice value below 0 needs CAP_SYS_RESOURCE (24), which a container may lack.
bounding=$(sed -n 's/^CapBnd:[^0-9a-f]*//p' /proc/self/status)
nice=0
[ $((0x$bounding >> 24 & 1)) -eq 0 ] || nice=-5

configure <<EOF2
service ids {
    listen = {"127.0.0.1:7"}
    exec   = {"/usr/bin/id", "-un"}
    user   = "nobody"
}
service inside {
    listen = {"127.0.0.1:8"}
    exec   = {"/bin/ls", "/"}
    user   = "daemon"
    chroot = "/usr"
    nice   = $nice
}
service named {
    listen       = {"unix:/run/tined/named.sock"}
    builtin      = whoami
    socket_user  = "daemon"
    socket_group = "daemon"
    socket_mode  = 0660
}
EOF2
# As shipped tined runs as its own user.
sd systemctl start tined.service 2>/dev/null &&
	fail "users are switched without the drop-in"
sd systemctl reset-failed tined.service

sd mkdir -p "$SD_UNITS/tined.service.d"
cp "$top_srcdir/systemd/tined-programs.conf" \
    "$SD_ROOT$SD_UNITS/tined.service.d/programs.conf"
sd systemctl daemon-reload
sd systemctl start tined.service || fail "start"
sd_state tined.service active

same "the program's user" nobody "$(connect 7 </dev/null)"
connect 8 </dev/null >"$tmp/root"
grep -qx share "$tmp/root" || fail "the program in the chroot does not run"
! grep -qx usr "$tmp/root" || fail "the program is not in the chroot"
same "the socket" "srw-rw---- daemon daemon" \
    "$(sd stat -c '%A %U %G' /run/tined/named.sock)"
# Main is the only process of root.
same "processes of root" "$(sd_show tined.service MainPID)" \
    "$(sd ps -o user=,pid= -p "$(sd_pids tined.service | paste -sd,)" |
	awk '$1 == "root" { print $2 }')"
sd systemctl reload tined.service || fail "reload"
same "the program's user after a reload" nobody "$(connect 7 </dev/null)"
sd systemctl stop tined.service || fail "stop"
same "the result" success "$(sd_show tined.service Result)"
