#!/bin/bash
# Goal of this test: rsync --daemon, as inetd starts it, transfers both ways.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/programs.sh"
require rsync

mkdir "$tmp/srv" "$tmp/from" "$tmp/back"
# Small and empty files, a big one, one with a hole, names that are not text.
for file in {1..200}; do
	echo "$file" >"$tmp/from/$file"
done
: >"$tmp/from/empty"
head -c 5000000 /dev/urandom >"$tmp/from/big"
truncate -s 1000000 "$tmp/from/hole"
echo strange >"$tmp/from/$(printf 'a\nb \\ \377')"
served_by "$tmp/srv"

rsyncd=$(config <<END
use chroot = no
max connections = 0
log file = $tmp/srv/.log
[files]
	path = $tmp/srv
	read only = no
	exclude = .log
END
)
start_conf <<END
service rsync {
	listen = {"127.0.0.1:0", "[::1]:0"}
	exec = {"$(command -v rsync)", "--daemon", "--config=$rsyncd"}
	nice = $(nicer 10)
	rlimit_nofile = 256
}
END
mapfile -t listeners < <(addresses rsync)

timeout 60 rsync -rtS "$tmp/from/" "rsync://${listeners[0]}/files/" ||
	fail "nothing can be sent"
timeout 60 rsync -rtS "rsync://${listeners[1]}/files/" "$tmp/back/" ||
	fail "nothing can be fetched"
diff -r "$tmp/from" "$tmp/back" || fail "it is not what was sent"

# A second time there is nothing to do.
got=$(timeout 60 rsync -rti "rsync://${listeners[0]}/files/" "$tmp/back/") ||
	fail "nothing can be compared"
same "what was transferred again" "" "$got"
wait_for_ends 3 "service=rsync .*exit=0" 30
stop_tined
