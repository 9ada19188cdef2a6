#!/bin/bash
# Goal of this test: sshd -i serves a login: a program that insists on root, on
# privilege separation with a sandbox of its own, and on a terminal.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/programs.sh"
require ssh ssh-keygen
require_root
sshd=$(PATH=$PATH:/usr/sbin command -v sshd) || skip "sshd is missing"
if [ ! -d /run/sshd ]; then
	# Its package creates that at boot.
	unshare -m true 2>/dev/null || skip "there is no /run/sshd"
	rm -rf "$tmp"	# it begins anew
	# shellcheck disable=SC2016
	exec unshare -m sh -c 'mount -t tmpfs tmpfs /run && mkdir /run/sshd &&
	    exec "$0"' "$(realpath "$0")"
fi

ssh-keygen -q -t ed25519 -N '' -f "$tmp/host" || exit 99
ssh-keygen -q -t ed25519 -N '' -f "$tmp/key" || exit 99
cp "$tmp/key.pub" "$tmp/keys"
start_conf <<END
service ssh {
	listen = {"127.0.0.1:0"}
	exec = {"$sshd", "-i", "-e", "-f", "/dev/null",
	    "-o", "HostKey=$tmp/host", "-o", "AuthorizedKeysFile=$tmp/keys",
	    "-o", "StrictModes=no", "-o", "UsePAM=no",
	    "-o", "PermitRootLogin=prohibit-password"}
	user = root
	sandbox = off
}
END
login() {
	timeout 30 ssh -F /dev/null -i "$tmp/key" -o IdentitiesOnly=yes \
	    -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no \
	    -o LogLevel=ERROR -o BatchMode=yes -p "$(port "$ADDR_ssh")" \
	    root@127.0.0.1 "$@"
}
same "a command" "0 there" "$(echo there | login 'id -u | tr "\n" " "; cat')"
got=$(login -tt 'tty >/dev/null && echo terminal' </dev/null) ||
	fail "no terminal"
same "a terminal" terminal "${got%$'\r'}"
wait_for_log '^info stderr service=ssh .*Accepted publickey'
stop_tined
