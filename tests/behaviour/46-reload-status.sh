#!/bin/bash
# Goal of this test: after a reload that was refused the status says so, and
# why, until a reload succeeds; one that could not start a service is not
# reported as a success.
. "$(dirname "$0")/../lib/behaviour.sh"
require python3 socat

service_manager

# said PATTERN: the last status that was sent to systemd.
said() {
	grep -E 'STATUS=' "$tmp/said" | tail -n 1 | grep -Eq "$1"
}
is_said() {
	wait_until 10 said "$1" || {
		cat "$tmp/said"
		fail "the last status is not $1"
	}
}
title() {
	ps -ww -o args= -p "$PID"
}

conf=$(config <<END
service one { listen = {"127.0.0.1:0"} builtin = echo }
END
)
start_tined -c "$conf"
is_said 'READY=1 \| STATUS=serving 1 service, 0 connections$'
cp "$conf" "$tmp/good"

# Mistakes: the first one, and how many more.
cat >"$conf" <<END
service one {
	listen = {"127.0.0.1:0"}
	builtin = ecco
	instances = 0
}
END
kill -HUP "$PID"
is_said "READY=1 \\| STATUS=reload refused: $conf:3: builtin: ecco: .*, and 1 more \\(serving 1 service, 0 connections\\)\$"
same "the title" "tined: main: serving 1 service, 0 connections, reload refused" \
    "$(title)"

# It stays while connections come and go.
exec {hold}<>"/dev/tcp/127.0.0.1/$(port "$ADDR_one")"
is_said 'STATUS=reload refused: .* \(serving 1 service, 1 connection\)$'
exec {hold}>&-

# An address that is in use.
socat "UNIX-LISTEN:$tmp/taken,fork" SYSTEM:cat &
record $!
wait_until 10 test -S "$tmp/taken" || fail "socat does not listen"
{
	cat "$tmp/good"
	echo "service two { listen = {\"unix:$tmp/taken\"} builtin = echo }"
} >"$conf"
kill -HUP "$PID"
is_said "READY=1 \\| STATUS=reload refused: two: bind unix:$tmp/taken: it is in use \\(serving"

# A good one.
sed 's/builtin = echo/& instances = 5/' "$tmp/good" >"$conf"
kill -HUP "$PID"
is_said 'READY=1 \| STATUS=serving 1 service, 0 connections$'
same "the title" "tined: main: serving 1 service, 0 connections" "$(title)"
same "reloads" 1 "$(count_log '^notice reloaded')"
stop_tined
