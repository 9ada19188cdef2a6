#!/bin/bash
# Goal of this test: a stopped logger does not block programs: each gets a
# standard error to write to; what cannot be read of it is counted as lost.
# What hundreds of them write meanwhile is kept.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
. "$(dirname "$0")/../lib/programs.sh"
require python3

talks=$(program talks <<'END'
#!/bin/sh
read -r line
echo said >&2
echo answered
END
)
# clients COUNT ADDRESS: one after another; how many were answered.
clients() {
	timeout 60 python3 - "$@" <<'END'
import socket, sys
host, port = sys.argv[2].rsplit(":", 1)
answered = 0
for _ in range(int(sys.argv[1])):
    with socket.create_connection((host, int(port)), 10) as s:
        s.sendall(b"go\n")
        answered += s.makefile("rb").read() == b"answered\n"
print(answered)
END
}
# said SERVICE: sets SAID, how many standard errors the log has, and LOST, how
# many were lost.
said() {
	SAID=$(count_log "^info stderr service=$1 .*msg=said$")
	LOST=$(untimed |
	    sed -n "s/^warning lost service=$1 records=\([0-9]*\).*/\1/p" |
	    awk '{ n += $1 } END { print n + 0 }')
}
# accounted COUNT: each is logged or counted as lost, or the logger had too few
# descriptors, which it logs once a second.
accounted() {
	said talks
	[ $((SAID + LOST)) -eq "$1" ] ||
		[ "$(count_log '^error log .*standard error cannot be read')" -gt 0 ]
}
# stuck COUNT: so many clients, while the logger is stopped.
stuck() {
	local logger
	logger=$(logger)
	kill -STOP "$logger"
	same "answers" "$1" "$(clients "$1" "$ADDR_talks")"
	kill -CONT "$logger"
	wait_until 20 accounted "$1" ||
		fail "$SAID said and $LOST lost are not $1"
	wait_for_ends "$1" 'service=talks .*exit=0' 30
	echo "$SAID said, $LOST lost"
}

start_tined -l 127.0.0.1:0 -- "$talks"
files=$(awk '/^Max open files/ { print $5 }' "/proc/$(acceptor talks)/limits")
stuck 300
[ "$files" -lt 1000 ] || same "lost" 0 "$LOST"
stop_tined

# The kernel limits descriptors in flight to RLIMIT_NOFILE.
cat >"$tmp/tined" <<END
#!/bin/sh
ulimit -n 32
exec "$TINED" "\$@"
END
chmod 0755 "$tmp/tined"
TINED=$tmp/tined
start_tined -l 127.0.0.1:0 -- "$talks"
stuck 60
between "lost, of few descriptors" 1 "$LOST" 59
stop_tined
