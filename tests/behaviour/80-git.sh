#!/bin/bash
# Goal of this test: git daemon serves a clone and takes a push of 1,000 files,
# over IPv4 in the basic sandbox and over IPv6 in the strict one.
export TMPDIR=/var/tmp	# the strict sandbox has a /tmp of its own
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/programs.sh"
require git

export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null HOME=$tmp
export GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@localhost
export GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@localhost
export GIT_TERMINAL_PROMPT=0

mkdir "$tmp/srv"
for repository in four six; do
	git init -q --bare -b main "$tmp/srv/$repository.git" || exit 99
done
served_by "$tmp/srv"

start_conf <<END
defaults {
	exec = {"$(command -v git)", "daemon", "--inetd", "--export-all",
	    "--enable=receive-pack", "--base-path=$tmp/srv", "$tmp/srv"}
	max_time = 1m
}
service four { listen = {"127.0.0.1:0"} }
service six {
	listen = {"[::1]:0"}
	sandbox = strict
	writable = {"$tmp/srv"}
}
END

mkdir "$tmp/work"
cd "$tmp/work" || exit 99
git init -q -b main . || exit 99
for dir in {0..9}; do
	mkdir "$dir"
	for file in {0..99}; do
		echo "$dir $file $RANDOM$RANDOM" >"$dir/$file"
	done
done
git add . && git commit -q -m first || exit 99

# there_and_back URL
there_and_back() {
	timeout 60 git push -q "$1" main || fail "no push to $1"
	timeout 60 git clone -q "$1" "$tmp/copy" || fail "no clone of $1"
	diff -r -x .git "$tmp/work" "$tmp/copy" ||
		fail "the clone of $1 is not what was pushed"
	same "files" 1000 "$(git -C "$tmp/copy" ls-files | wc -l)"
	# One more commit, to a repository with content.
	git -C "$tmp/copy" commit -q --allow-empty -m more
	timeout 60 git -C "$tmp/copy" push -q "$1" main ||
		fail "no second push to $1"
	same "what $1 has" "$(git -C "$tmp/copy" rev-parse main)" \
	    "$(git ls-remote "$1" main | cut -f 1)"
	rm -rf "$tmp/copy"
}
there_and_back "git://$ADDR_four/four.git"
there_and_back "git://$ADDR_six/six.git"
for repository in four six; do
	git -c safe.directory='*' -C "$tmp/srv/$repository.git" fsck --strict ||
		fail "$repository.git is damaged"
done

# Two pushes, a clone and an ls-remote each.
for service in four six; do
	wait_for_ends 4 "service=$service .*exit=0" 30
done
stop_tined
