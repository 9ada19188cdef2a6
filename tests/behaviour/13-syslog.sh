#!/bin/bash
# Goal of this test: a daemon logs to syslog, and the foreground to standard
# error.
. "$(dirname "$0")/../lib/behaviour.sh"
require socat mount ip
in_namespaces -n -m

# A /dev of its own, with a syslog socket of this test.
own_dev
socat -u UNIX-RECV:/dev/log,mode=666 "CREATE:$tmp/syslog" &
syslog=$!
record "$syslog"
wait_until 10 test -S /dev/log || fail "no syslog"

start_tined -l 127.0.0.1:0 -s echo
echo hello | ask "$ADDR_echo" >/dev/null
wait_for_log '^info end service=echo '
stop_tined
[ ! -s "$tmp/syslog" ] || fail "the foreground wrote to syslog"

file=$(config <<END
pid_file = "$tmp/pid"
service echo { listen = {"unix:$tmp/s"} builtin = echo }
END
)
"$TINED" -c "$file" || fail "exit status $?"
daemon=$(cat "$tmp/pid")
record "$daemon"
echo hello | ask "unix:$tmp/s" >/dev/null
in_syslog() { grep -aEq -- "$1" "$tmp/syslog"; }
# Facility daemon (3): info is 30, notice 29; the program, its pid, the event.
# The time is syslog's own.
wait_until 10 in_syslog '<29>.* tined\[[0-9]+\]: notice ready version=' ||
	fail "no ready: $(cat "$tmp/syslog")"
wait_until 10 in_syslog '<30>.* tined\[[0-9]+\]: .*end service=echo .* in=6 out=6' ||
	fail "no end: $(cat "$tmp/syslog")"

# Without syslog's socket serving goes on.
kill "$syslog"
wait "$syslog"
same "echo without a syslog" again "$(echo again | ask "unix:$tmp/s")"
kill -TERM "$daemon"
wait_until 10 dead "$daemon" || fail "it does not stop"
