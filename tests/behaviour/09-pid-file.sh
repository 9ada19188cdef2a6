#!/bin/bash
# Goal of this test: the pid file is written and removed at exit.
. "$(dirname "$0")/../lib/behaviour.sh"

pid_file=$tmp/tined.pid
serve=(-l 127.0.0.1:0 -s echo -p "$pid_file")

start_tined "${serve[@]}"
same "the pid file" "$PID" "$(cat "$pid_file")"
same "its mode" 644 "$(stat -c %a "$pid_file")"

stop_tined

# A longer text from before is replaced as a whole.
printf '%s\n' 'this is not a number, and rather long' >"$pid_file"
start_tined "${serve[@]}"
same "the pid file over an old text" "$PID" "$(cat "$pid_file")"
stop_tined

# A start that fails later leaves none.
refuses 69 '^tined: echo: bind ' -f -l 192.0.2.1:0 -s echo -p "$pid_file"
[ ! -e "$pid_file" ] || fail "a failed start left its pid file"

# A relative path is relative to the directory where tined was started.
cd "$tmp" || exit 99
start_tined -l 127.0.0.1:0 -s echo -p relative.pid
same "a relative pid file" "$PID" "$(cat "$tmp/relative.pid")"
stop_tined
[ ! -e "$tmp/relative.pid" ] || fail "a relative pid file was not removed"
