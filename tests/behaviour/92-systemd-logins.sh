#!/bin/bash
# Goal of this test: programs that log users in work as the manual says, under
# the unit with its two drop-ins: sshd -i, vsftpd and, where it is installed (it
# cannot be beside vsftpd in Debian), in.ftpd, all with PAM.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/systemd.sh"
require socat make ssh ssh-keygen curl useradd chpasswd
PATH=$PATH:/usr/sbin
require sshd vsftpd
vsftpd=$(command -v vsftpd)

sd_install
mkdir "$tmp/home"
sd_overlay "$tmp/home" /home
sd_boot
sd_units

sd useradd -m -s /bin/sh alice || fail "useradd"
echo alice:secret | sd chpasswd || fail "chpasswd"
sd mkdir -p /run/sshd /var/run/vsftpd/empty
sd sh -c 'mkdir -m 700 /home/alice/.ssh && chown alice: /home/alice/.ssh'
ssh-keygen -q -t ed25519 -N '' -f "$tmp/key" || exit 99
sd ssh-keygen -q -A
sd sh -c 'cat >/home/alice/.ssh/authorized_keys' <"$tmp/key.pub"
sd sh -c 'cat >/run/key && chmod 600 /run/key' <"$tmp/key"
sd sh -c 'cat >/etc/vsftpd.conf' <<'END'
local_enable=YES
write_enable=YES
anonymous_enable=NO
pam_service_name=vsftpd
END
ftpd=$(command -v in.ftpd || command -v ftpd) || ftpd=$vsftpd
sd cp "$ftpd" /run/in.ftpd 2>/dev/null || cp "$ftpd" "$SD_ROOT/run/in.ftpd"
sd cp /etc/pam.d/vsftpd /etc/pam.d/ftp
# As the manual has it, and in.ftpd besides.
{
	sed -n '/^\.\\" example: logins$/,/^\.Ed/p' "$top_srcdir/man/tined.conf.5" |
		grep -v '^\.'
	[ "$ftpd" = "$vsftpd" ] || echo 'service ftpd {
	    listen  = {"127.0.0.1:2121"}
	    exec    = {"/run/in.ftpd"}
	    user    = "root"
	    sandbox = off
	}'
} | configure
for dropin in programs users; do
	sd mkdir -p "$SD_UNITS/tined.service.d"
	cp "$top_srcdir/systemd/tined-$dropin.conf" \
		"$SD_ROOT$SD_UNITS/tined.service.d/"
done
sd systemctl daemon-reload
sd systemctl start tined.service || fail "start"
sd_state tined.service active
login() {
	sd ssh -F /dev/null -i /run/key -o IdentitiesOnly=yes \
	    -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no \
	    -o BatchMode=yes -o LogLevel=ERROR "$@"
}

same "a command" alice "$(login alice@127.0.0.1 id -un)"
# A terminal, a home that can be written, the machine's /tmp, core files again.
sd touch /tmp/of-the-machine
login -tt alice@127.0.0.1 'tty && touch ~/file /tmp/of-alice &&
	ls -1 /tmp && ulimit -Hc' </dev/null | tr -d '\r' >"$tmp/terminal" ||
	fail "a terminal: $(cat "$tmp/terminal")"
grep -q '^/dev/pts/' "$tmp/terminal" || fail "tty: $(cat "$tmp/terminal")"
grep -qx of-the-machine "$tmp/terminal" || fail "/tmp: $(cat "$tmp/terminal")"
grep -qx unlimited "$tmp/terminal" || fail "cores: $(cat "$tmp/terminal")"
sd test -f /home/alice/file || fail "the home was not written"
login -s alice@127.0.0.1 sftp </dev/null >"$tmp/sftp" 2>&1 ||
	fail "sftp: $(cat "$tmp/sftp")"

# ftp_works PORT: a list, an upload, and no login with a wrong password.
ftp_works() {
	local at=ftp://127.0.0.1:$1
	sd curl -sS --max-time 20 --user alice:secret "$at/" >"$tmp/list" ||
		fail "$at: a list"
	grep -q ' file\r\{0,1\}$' "$tmp/list" || fail "$at: $(cat "$tmp/list")"
	echo uploaded | sd curl -sS --max-time 20 --user alice:secret -T - \
		"$at/upload.$1" || fail "$at: an upload"
	same "$at: the upload" "uploaded alice" "$(sd sh -c \
		"cd /home/alice && cat upload.$1 && stat -c %U upload.$1" |
		xargs)"
	! sd curl -sS --max-time 20 --user alice:wrong "$at/" 2>/dev/null ||
		fail "$at: with a wrong password"
}
ftp_works 21
[ "$ftpd" = "$vsftpd" ] || ftp_works 2121

# Root in a sandbox has no capability, so such programs fail: that is said.
sed -i 's/sandbox = off/sandbox = basic/' "$SD_ROOT$SD_CONF"
sd "$SD_SBIN/tined" -t 2>&1 | grep -q 'warning: .*ssh.* no capabilities' ||
	fail "root without capabilities: $(sd "$SD_SBIN/tined" -t 2>&1)"

sd systemctl stop tined.service || fail "stop"
same "the result" success "$(sd_show tined.service Result)"
