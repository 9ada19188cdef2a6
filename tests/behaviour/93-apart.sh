#!/bin/bash
# Goal of this test: main and the logger never have a client's connection, nor
# does an acceptor keep one; main does no work for connections.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
require socat python3

start_conf <<END
service echo { listen = {"127.0.0.1:0", "unix:$tmp/echo"} builtin = echo }
service cat { listen = {"127.0.0.1:0"} exec = {"/bin/cat"} }
END
logger=$(logger)
[ -n "$logger" ] || fail "no logger"
sees "$PID" || skip "only root sees what tined has open"

# connections PID: the established sockets that it has open.  /proc/net/tcp has
# 01 in the 4th column and the inode in the 10th, /proc/net/unix 03 in the 6th,
# the inode in the 7th, and behind it the path of what was accepted.
connections() {
	local fds
	fds=$(for fd in "/proc/$1/fd"/*; do
		readlink "$fd"
	done | sed -n 's/^socket:\[\(.*\)\]$/\1/p')
	{
		awk '$4 == "01" { print $10 }' /proc/net/tcp
		awk -v path="$tmp/echo" '$6 == "03" && $8 == path { print $7 }' \
		    /proc/net/unix
	} | grep -cxF -e "${fds:-none}" || :
}

# keep FILE ADDRESS: five that have been answered; sets HOLD_PID.
keep() {
	WAIT=30 hold "$1" 5 "$2"
	same "held" "served=5 closed=0 waiting=0" "$(held "$1")"
}
keep "$tmp/one" "$ADDR_echo"
one=$HOLD_PID
keep "$tmp/two" "$ADDR_cat"
two=$HOLD_PID
keep "$tmp/three" "unix:$tmp/echo"
three=$HOLD_PID
same "main" 0 "$(connections "$PID")"
same "the logger" 0 "$(connections "$logger")"
for pid in $(acceptors); do
	same "an acceptor" 0 "$(connections "$pid")"
	sessions=$(pgrep -P "$pid")
	[ -n "$sessions" ] || fail "an acceptor without a session"
	# A check of the counting: each session has its own connection only.
	for session in $sessions; do
		count=$(connections "$session")
		[ "$count" = 1 ] || {
			ls -l "/proc/$session/fd"
			ps -o pid,ppid,args -p "$session"
			cat /proc/net/tcp
			grep -F "$tmp" /proc/net/unix
			fail "session $session has $count connections, not 1"
		}
	done
done
release "$one"
release "$two"
release "$three"

[ "$WIDE_SANDBOX" = 0 ] || { stop_tined; exit 0; }
command -v strace >/dev/null || skip "strace is missing; the rest passed"
from=$(now_ms)
strace -qq -o "$tmp/trace" -p "$PID" &
tracer=$!
record "$tracer"
traced() { grep -q '^TracerPid:	[1-9]' "/proc/$PID/status"; }
wait_until 10 traced || skip "no ptrace; the rest passed"
ends=$(count_log ' end service=')
for n in $(seq 20); do
	for address in "$ADDR_echo" "$ADDR_cat" "unix:$tmp/echo"; do
		same "connection $n" hello "$(echo hello | ask "$address")"
	done
done
wait_for_lines $((ends + 60)) ' end service='
kill -INT "$tracer"
wait "$tracer"
# Main does nothing for 60 connections.  Every 5 s it looks for children
# whose signal was lost, and asks each acceptor whether it answers.
took=$(($(now_ms) - from))
turns=$(grep -c '^epoll_pwait(' "$tmp/trace")
most=$(((took / 5000 + 1) * (1 + $(acceptors | wc -l)) + 1))
echo "$turns turns in $took ms, at most $most"
[ "$turns" -le "$most" ] || {
	cat "$tmp/trace"
	fail "main has woken up $turns times in $took ms"
}
calm='^(epoll_pwait|restart_syscall|rt_sigtimedwait|clock_gettime|pread64)\('
calm="$calm|^wait(id|4)\(.*WNOHANG.* = 0\$|^strace: "
calm="$calm|^sendmsg\(.* = 248\$|^recvfrom\(.* = (248|-1 EAGAIN.*)\$"
if grep -vE "$calm" "$tmp/trace"; then
	fail "main was busy while clients came and went"
fi
stop_tined
