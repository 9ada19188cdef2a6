#!/bin/bash
# Goal of this test: sockets of systemd-socket-activate are served by their
# names.
. "$(dirname "$0")/../lib/behaviour.sh"
require socat systemd-socket-activate

# It listens first; tined starts with the first connection.
systemd-socket-activate -l "$tmp/a" -l "$tmp/b" --fdname=a:b \
	"$TINED" -f -l systemd:b -s echo 2>"$tmp/activated" </dev/null &
record $!
activated=$!
wait_until 10 test -S "$tmp/b" || skip "$(cat "$tmp/activated")"
same "the first connection" hello "$(echo hello | ask "unix:$tmp/b")"
same "the second one" again "$(echo again | ask "unix:$tmp/b")"
kill -TERM "$activated"
wait_exit "$activated" || fail "exit status $?"
in_log -q '^notice ready ' "$tmp/activated" || fail "$(cat "$tmp/activated")"
[ -S "$tmp/b" ] || fail "an inherited path was removed"
