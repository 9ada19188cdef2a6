#!/bin/bash
# Goal of this test: the pid file is written, locked, taken over when stale, removed at exit.
# shellcheck source=../lib/behaviour.sh
. "$(dirname "$0")/../lib/behaviour.sh"

pid_file=$tmp/tined.pid
serve=(-l 127.0.0.1:0 -s echo -p "$pid_file")

start_tined "${serve[@]}"
same "the pid file" "$PID" "$(cat "$pid_file")"
same "its mode" 644 "$(stat -c %a "$pid_file")"

# A second start is refused, and leaves the first one's file alone.
refuses 69 "^tined: pid file $pid_file: already running, pid $PID$" -f "${serve[@]}"
same "lines of the second start" 1 "$(wc -l <"$tmp/refused.err")"
same "the pid file after a second start" "$PID" "$(cat "$pid_file")"
alive "$PID" || fail "the first one has ended"
stop_tined
[ ! -e "$pid_file" ] || fail "it was not removed"

# The lock dies with main, whatever its children do.
start_tined "${serve[@]}"
old=$PID
kill -KILL "$PID"
wait "$PID"
same "the file of a killed main" "$old" "$(cat "$pid_file")"
start_tined "${serve[@]}"
same "the pid file after a takeover" "$PID" "$(cat "$pid_file")"
stop_tined

# Longer than what is written now, and of no use.
printf '%s\n' 'this is not a number, and rather long' >"$pid_file"
start_tined "${serve[@]}"
same "the pid file over an old text" "$PID" "$(cat "$pid_file")"
stop_tined

# Anything but a plain file is never followed, written or removed.
echo precious >"$tmp/target"
ln -s target "$pid_file"
refuses 71 "^tined: pid file $pid_file: not a regular file$" -f "${serve[@]}"
same "the link's target" precious "$(cat "$tmp/target")"
[ -L "$pid_file" ] || fail "the link has gone"
rm "$pid_file" && ln -s nowhere "$pid_file"
refuses 71 "^tined: pid file $pid_file: not a regular file$" -f "${serve[@]}"
[ ! -e "$tmp/nowhere" ] || fail "a dangling link was followed"
rm "$pid_file" && mkdir "$pid_file"
refuses 71 "^tined: pid file $pid_file: not a regular file$" -f "${serve[@]}"
[ -d "$pid_file" ] || fail "the directory has gone"
rmdir "$pid_file"
refuses 71 "^tined: pid file /nonexistent/tined.pid: No such file" \
	-f -l 127.0.0.1:0 -s echo -p /nonexistent/tined.pid

# A start that fails later leaves none.
refuses 69 '^tined: echo: bind ' -f -l 192.0.2.1:0 -s echo -p "$pid_file"
[ ! -e "$pid_file" ] || fail "a failed start left its pid file"

# A relative path is that of where tined was started.
cd "$tmp" || exit 99
start_tined -l 127.0.0.1:0 -s echo -p relative.pid
same "a relative pid file" "$PID" "$(cat "$tmp/relative.pid")"
stop_tined
[ ! -e "$tmp/relative.pid" ] || fail "a relative pid file was not removed"
