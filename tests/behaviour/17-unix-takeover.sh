#!/bin/bash
# Goal of this test: a Unix path is taken over when stale only, and what is foreign is never touched.
# shellcheck source=../lib/behaviour.sh
. "$(dirname "$0")/../lib/behaviour.sh"
require socat

path=$tmp/s
serve=(-l "unix:$path" -s echo)

# Left by a main that was killed.
start_tined "${serve[@]}"
kill -KILL "$PID"
wait "$PID"
[ -S "$path" ] || fail "a killed main left no socket"
start_tined "${serve[@]}"
same "echo after a takeover" hello "$(echo hello | ask "unix:$path")"

# A live one is an error and goes on.
inode=$(stat -c %i "$path")
refuses 69 "^tined: echo: bind unix:$path: it is served by another process$" -f "${serve[@]}"
same "the live one" "$inode" "$(stat -c %i "$path")"
same "echo of the live one" hello "$(echo hello | ask "unix:$path")"
stop_tined

# A live one of somebody else, who knows no lock and does not accept; its
# queue is full.
socat "UNIX-LISTEN:$path,backlog=0" PIPE,rdonly 2>/dev/null &
other=$!
record "$other"
wait_until 10 test -S "$path" || fail "socat does not listen"
kill -STOP "$other"
for _ in 1 2 3; do
	socat -u "UNIX-CONNECT:$path" - >/dev/null 2>&1 &
	record $!
done
inode=$(stat -c %i "$path")
refuses 69 "unix:$path: " -f "${serve[@]}"
same "somebody else's live one" "$inode" "$(stat -c %i "$path")"
kill -KILL "$other"
wait "$other" 2>/dev/null
wait_until 10 dead "$other"
rm -f "$path"

# Anything but a stream socket stays as it is.
foreign() {
	local before
	before=$(stat -c '%i %f %s %Y' "$path")
	refuses 69 "unix:$path: " -f "${serve[@]}"
	same "$1" "$before" "$(stat -c '%i %f %s %Y' "$path")"
	rm -rf "$path"
}
echo precious >"$path"
foreign "a file"
mkdir "$path"
foreign "a directory"
mkfifo "$path"
foreign "a fifo"
echo precious >"$tmp/target"
ln -s target "$path"
foreign "a link to a file"
same "the link's target" precious "$(cat "$tmp/target")"
ln -s nowhere "$path"
foreign "a dangling link"
socat -u "UNIX-RECV:$path" /dev/null &
record $!
wait_until 10 test -S "$path" || fail "no datagram socket"
foreign "a live datagram socket"
exit 0
