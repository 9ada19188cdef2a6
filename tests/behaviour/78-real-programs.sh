#!/bin/bash
# Goal of this test: git, rsync and a web server are carried over TCP4 and
# TCP6, inside their sandboxes, by their own clients.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
require git rsync busybox curl
[ -x "$(git --exec-path)/git-daemon" ] || skip "git has no daemon"

# Strict has a /tmp of its own.
place=$(mktemp -d /var/tmp/tined.XXXXXX) || skip "no /var/tmp"
finally "rm -rf '$place'"
chmod 0755 "$place"
mkdir "$place/git" "$place/rsync" "$place/www" "$tmp/files"
user=
[ "$(id -u)" -ne 0 ] || user='user = nobody'

# A repository of 1,000 files.
export HOME=$tmp GIT_CONFIG_NOSYSTEM=1
git config --global user.name Tester
git config --global user.email tester@example.org
git config --global init.defaultBranch main
git config --global --add safe.directory '*'
git init -q --bare "$place/git/project.git"
git -C "$place/git/project.git" config daemon.receivepack true
git init -q "$tmp/files"
for n in {1..1000}; do
	printf 'file %d\n%0*d\n' "$n" "$((n % 500))" 0 >"$tmp/files/file.$n"
done
git -C "$tmp/files" add -A
git -C "$tmp/files" commit -q -m 'a thousand files'

head -c 3000000 /dev/urandom >"$place/rsync/large"
cp "$tmp/files"/file.?? "$place/rsync/"
cat >"$place/rsyncd.conf" <<END
use chroot = no
log file = /dev/stderr
[files]
	path = $place/rsync
	read only = no
END
head -c 1000000 /dev/urandom >"$place/www/data"
echo '<p>hello' >"$place/www/index.html"
[ -z "$user" ] || chown -R nobody "$place/git" "$place/rsync" "$place/www"

conf=$(config <<END
defaults { listen = {"127.0.0.1:0", "[::1]:0"} $user }
service git {
	exec = {"$(command -v git)", "daemon", "--inetd", "--export-all",
	    "--base-path=$place/git", "$place/git"}
	sandbox = strict
	writable = {"$place/git"}
	environment = {"HOME=/nonexistent", "GIT_CONFIG_COUNT=1",
	    "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*"}
}
service rsync {
	exec = {"$(command -v rsync)", "--daemon", "--config=$place/rsyncd.conf"}
}
service httpd {
	exec = {"$(command -v busybox)", "httpd", "-i", "-h", "$place/www"}
	sandbox = strict
}
END
)
start_tined -c "$conf"

# git: push over one, clone over the other.
mapfile -t git < <(addresses git)
timeout 60 git -C "$tmp/files" push -q "git://${git[0]}/project.git" main ||
	fail "git push"
for address in "${git[@]}"; do
	rm -rf "$tmp/clone"
	timeout 60 git clone -q "git://$address/project.git" "$tmp/clone" ||
		fail "git clone from $address"
	diff -r -x .git "$tmp/files" "$tmp/clone" || fail "the clone differs"
done
echo more >"$tmp/clone/more"
git -C "$tmp/clone" add more
git -C "$tmp/clone" commit -q -m more
timeout 60 git -C "$tmp/clone" push -q "git://${git[1]}/project.git" main ||
	fail "git push over IPv6"
same "what the repository has" "$(git -C "$tmp/clone" rev-parse HEAD)" \
    "$(git -C "$place/git/project.git" rev-parse main)"
wait_for_ends 4 'service=git .* exit=0'

# rsync, both ways.
mkdir "$tmp/rsync"
for address in $(addresses rsync); do
	timeout 60 rsync -a "rsync://$address/files/" "$tmp/rsync/" ||
		fail "rsync from $address"
	diff -r "$place/rsync" "$tmp/rsync" || fail "what came differs"
	head -c 500000 /dev/urandom >"$tmp/rsync/new"
	timeout 60 rsync -rtc "$tmp/rsync/" "rsync://$address/files/" ||
		fail "rsync to $address"
	cmp "$tmp/rsync/new" "$place/rsync/new" || fail "what went differs"
done
wait_for_ends 4 'service=rsync .* exit=0'

# A web server.
for address in $(addresses httpd); do
	same "http://$address" '<p>hello' "$(curl -fsS -m 20 "http://$address/")"
	curl -fsS -m 20 -o "$tmp/data" "http://$address/data" || fail "curl"
	cmp "$tmp/data" "$place/www/data" || fail "what was served differs"
	same "what is not there" 404 "$(curl -s -m 20 -o /dev/null \
	    -w '%{http_code}' "http://$address/none")"
done
wait_for_ends 6 'service=httpd '
stop_tined
