#!/bin/bash
# Goal of this test: while the log's reader is stopped, its daemon restarted, or
# its disk full, serving goes on; lost records are counted, and the count is
# logged as soon as that is possible.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
. "$(dirname "$0")/../lib/failure.sh"
require socat python3

cat >"$tmp/many.py" <<'END'
import socket, sys
for _ in range(int(sys.argv[2])):
    s = socket.socket(socket.AF_UNIX)
    s.settimeout(20)
    s.connect(sys.argv[1])
    s.shutdown(socket.SHUT_WR)
    while s.recv(4096):
        pass
    s.close()
END
# many N: that many connections after one another, all served.
many() {
	timeout 120 python3 "$tmp/many.py" "$tmp/echo" "$1" ||
		fail "serving does not go on"
}
# accounted N FILE [ACCEPTORS]: whether so many records of sessions (a start and
# an end each) are in the log or counted there as lost.  What the kernel lacks
# is said by each acceptor (one), and may be among what is lost.
lacks=$("$top_builddir/tests/lib/without")
accounted() {
	local unsaid=0
	[ -z "$lacks" ] || unsaid=$((${3:-1} - $(grep -ac 'warning sandbox ' "$2")))
	LOST=$(sed -n 's/^.*warning lost .*records=\([0-9]*\).*/\1/p' "$2" |
	    awk '{ n += $1 } END { print n + 0 }')
	ENDS=$(grep -ac 'info end ' "$2")
	STARTS=$(grep -ac 'debug start ' "$2")
	[ $((LOST + ENDS + STARTS)) -eq $(($1 + unsaid)) ]
}
conf=$tmp/conf
write_conf() {
	cat >"$conf" <<END
log_level = debug
$1
service echo { listen = {"unix:$tmp/echo"} builtin = echo instances = 8 }
END
	chmod 0644 "$conf"
}

# launched COMMAND: a tined that logs where this shell cannot look for ready.
launched() {
	"$TINED" -f -c "$conf" "$@" &
	PID=$!
	record "$PID"
	wait_until 10 test -S "$tmp/echo" || fail "it does not listen"
}

# holds PID: how many descriptors an acceptor has, once its sessions are reaped:
# until then it may hold a connection.
childless() {
	! pgrep -P "$1" >/dev/null
}
holds() {
	wait_until 10 childless "$1" || fail "sessions of $1 are left"
	descriptors "$1"
}

[ -z "${FEW_FILES:-}" ] || skip "a reload needs more than $FEW_FILES descriptors"

# ------------------------------------------- standard error that is not read

write_conf ""
mkfifo "$tmp/stderr"
exec {pipe}<>"$tmp/stderr"
launched 2>"$tmp/stderr" {pipe}>&-
many 6000
acceptor=$(acceptor echo)
held=$(holds "$acceptor")
old=$acceptor
sed -i 's/instances = 8/instances = 9/' "$conf"
kill -HUP "$PID"
wait_until 10 new_acceptor echo "$old" || fail "no reload"
many 100
same "descriptors" "$held" "$(holds "$(acceptor echo | tail -n 1)")"
timeout 60 cat <"$tmp/stderr" >"$tmp/read" {pipe}>&- &
reader=$!
record "$reader"
exec {pipe}>&-
wait_until 20 accounted 12200 "$tmp/read" 2 ||
	fail "$ENDS ends, $STARTS starts and $LOST lost are not 12200"
echo "a pipe: $LOST of 12200 were lost"
[ "$LOST" -gt 0 ] || fail "nothing was lost by a reader that does not read"
exec 5<>"$tmp/stderr"	# and stuck again
kill -KILL "$reader" 2>/dev/null
many 1000
stop_tined
exec 5>&-

# ------------------------- a stop so long that main's own messages do not fit

start_tined -c "$conf"
logger=$(logger) || fail "no logger"
kill -STOP "$logger"
listeners() {
	local n
	for n in $(seq 60); do
		printf '"unix:%s/%d", ' "$tmp" "$n"
	done
}
for n in $(seq 8); do
	write_conf ""
	cat >>"$conf" <<END
service many { listen = {$(listeners) "unix:$tmp/many$n"} builtin = echo }
service late$n { listen = {"unix:$tmp/late$n"} builtin = echo }
END
	kill -HUP "$PID"
	wait_until 20 test -S "$tmp/late$n" || fail "no reload, $n"
done
same "the last service" hi "$(echo hi | ask "unix:$tmp/late8")"
kill -CONT "$logger"
wait_for_log '^info end service=late8 .* local=unix:.*/late8 .*in=3 out=3' 20
stop_tined
wait_until 10 test ! -S "$tmp/echo" || fail "its socket is left"

# -------------------------------------------------------------- the disk full

write_conf ""
launched 2>/dev/full
many 300
cpu=$(cpu_ms "$PID")
old=$(acceptor echo)
kill -KILL "$old"
wait_until 10 new_acceptor echo "$old" || fail "no restart with a full disk"
many 10
cheap "main with a full disk" "$cpu" "$(cpu_ms "$PID")" 200
stop_tined

# One that is full for a while: a small file system of the test's own.
small() {
	unshare -m --propagation private bash -c "
		mount -t tmpfs -o size=64k tmpfs '$tmp/small' || exit 77
		exec '$TINED' -f -c '$conf' 2>>'$tmp/small/log'" &
	PID=$!
	record "$PID"
	wait_until 10 test -S "$tmp/echo" && return
	wait "$PID"
	[ $? -eq 77 ]
}
mkdir "$tmp/small"
if ! unshare -m true 2>/dev/null; then
	echo "no mount namespaces: no small disk"
elif small && alive "$PID"; then
	disk=/proc/$PID/root$tmp/small
	many 2000
	full() { [ "$(stat -f -c %a "$disk")" -eq 0 ]; }
	wait_until 20 full || fail "the disk is not full: $(df "$disk")"
	# The log is appended to: what is emptied is written to again.
	# A line that was torn counts as lost.
	awk 'NR > 1 { print last } { last = $0 }' "$disk/log" >"$tmp/first"
	[ "$(tail -c 1 "$disk/log" | wc -l)" -eq 0 ] ||
		tail -n 1 "$disk/log" >>"$tmp/first"
	: >"$disk/log"
	many 1
	told() {
		cat "$tmp/first" "$disk/log" >"$tmp/both"
		accounted 4002 "$tmp/both"
	}
	wait_until 20 told ||
		fail "$ENDS ends, $STARTS starts and $LOST lost are not 4002"
	echo "a full disk: $LOST of 4002 were lost"
	[ "$LOST" -gt 0 ] || fail "nothing was lost by a full disk"
	# The line that was torn by it begins no other.
	! grep -avE "^$|^$STAMP(error|warning|notice|info|debug) [a-z]+( |$)" \
	    "$disk/log" || fail "a torn line goes on"
	stop_tined
fi

# ------------------------------------------------------ syslog, and without it

unshare -m true 2>/dev/null || skip "the rest needs namespaces"
cat >"$tmp/restarted.sh" <<'END'
# In a mount namespace: a /dev with a log of the test's own.
set -u
tmp=$1
mount -t tmpfs -o mode=0755 tmpfs "$tmp/dev" || exit 77
for node in null zero full random urandom; do
	touch "$tmp/dev/$node"
	mount --bind "/dev/$node" "$tmp/dev/$node" || exit 77
done
ln -s /proc/self/fd "$tmp/dev/fd"
mount --rbind "$tmp/dev" /dev || exit 77
exec "$TINED" -f -c "$tmp/conf"
END
mkdir "$tmp/dev"
write_conf "log_target = syslog"
# The namespace's /dev/log is a directory entry that this shell makes.
unshare -m --propagation private bash "$tmp/restarted.sh" "$tmp" \
    2>"$tmp/syslog.err" &
PID=$!
record "$PID"
wait_until 10 test -S "$tmp/echo" || {
	grep -q . "$tmp/syslog.err" && cat "$tmp/syslog.err"
	skip "no /dev of the test's own; the rest is as it should be"
}
socket=/proc/$PID/root/dev/log
many 50		# there is no daemon
syslogd() {
	rm -f "$socket"
	socat -u "UNIX-RECV:$socket,mode=666" "CREATE:$tmp/$1" &
	SYSLOGD=$!
	record "$SYSLOGD"
	wait_until 10 test -S "$socket" || fail "no syslog"
}
syslogd syslog.1
many 1
all_of() { accounted "$1" "$tmp/$2" "$3"; }
# Main's own two, listening and ready, are among the lost.
wait_until 20 all_of 104 syslog.1 1 ||
	fail "$ENDS ends, $STARTS starts and $LOST lost are not 104"
[ "$LOST" -gt 0 ] || fail "what was logged without a daemon is not counted as lost"
kill -KILL "$SYSLOGD"
wait "$SYSLOGD" 2>/dev/null
many 20
syslogd syslog.2
many 1
wait_until 20 all_of 42 syslog.2 0 ||
	fail "$ENDS ends, $STARTS starts and $LOST lost are not 42"
echo "a syslog that was restarted: $LOST of 42 were lost"
stop_tined
