#!/bin/bash
# Goal of this test: when fork fails the client is closed cleanly, the log names
# the limits, and all recovers by itself; with a real pids cgroup, too.
# shellcheck source=../lib/behaviour.sh
. "$(dirname "$0")/../lib/behaviour.sh"
# shellcheck source=../lib/crowd.sh
. "$(dirname "$0")/../lib/crowd.sh"
require socat python3 strace

conf=$(config <<END
service echo { listen = {"127.0.0.1:0"} builtin = echo }
service cat { listen = {"127.0.0.1:0"} exec = {"/bin/cat"} }
END
)
start_tined -c "$conf"

# halves SERVICE ADDRESS ERROR: every second fork fails.
halves() {
	local strace
	rm -f "$tmp/strace"
	strace -o "$tmp/trace" -e trace=clone,fork,vfork,clone3 \
	    -e "inject=clone:error=$3:when=1+2" -p "$(acceptor "$1")" \
	    2>"$tmp/strace" &
	strace=$!
	record "$strace"
	wait_until 10 grep -qs attached "$tmp/strace" || {
		grep -qi 'not permitted' "$tmp/strace" && skip "no ptrace"
		fail "strace: $(cat "$tmp/strace")"
	}
	hold "$tmp/held" 10 "$2"
	same "$1, $3" "served=5 closed=5 waiting=0 text=" "$(cat "$tmp/held")"
	kill -TERM "$strace"
	wait_exit "$strace"
	pattern="^warning fork service=$1 call=fork msg=\".*\" "
	pattern+='limit="RLIMIT_NPROC, kernel.threads-max, kernel.pid_max, pids.max"'
	wait_for_log "$pattern"
	wait_for_log "^notice refused service=$1 reason=fork"
	same "$1's sessions" 5 "$(state "$1" sessions)"
	release "$HOLD_PID"
	wait_until 10 sessions_are "$1" 0 || fail "$1: counted for ever"
	same "$1 again" hi "$(echo hi | ask "$2")"
}
halves echo "$ADDR_echo" EAGAIN
halves cat "$ADDR_cat" ENOMEM
same "the refused" "5 5" "$(state echo refused) $(state cat refused)"
[ "$(count_log '^warning fork ')" -le 6 ] || fail "too many lines"
stop_tined

# The real thing.
group=
for root in /sys/fs/cgroup/pids /sys/fs/cgroup; do
	[ -e "$root/cgroup.procs" ] || continue
	mkdir "$root/tined.$$" 2>/dev/null || continue
	if [ -e "$root/tined.$$/pids.max" ]; then
		group=$root/tined.$$
		break
	fi
	rmdir "$root/tined.$$"
done
[ -n "$group" ] || {
	echo "no pids cgroup can be made; only injected errors were tried"
	exit 0
}
ungroup() {
	local pid
	while read -r pid; do
		kill -KILL "$pid" 2>/dev/null
	done <"$group/cgroup.procs"
	wait_until 5 rmdir "$group" 2>/dev/null
}
finally ungroup
start_tined -c "$conf"
for pid in $(descendants "$PID"); do
	echo "$pid" >"$group/cgroup.procs" || fail "no move to the cgroup"
done
# main, logger, two acceptors, and four more.
echo 8 >"$group/pids.max"
WAIT=5 hold "$tmp/held" 6 "$ADDR_echo"
full=$HOLD_PID
same "with a pids.max" "served=4 closed=2 waiting=0 text=" "$(cat "$tmp/held")"
hold "$tmp/cat" 1 "$ADDR_cat"
same "the other service" "served=0 closed=1 waiting=0 text=" "$(cat "$tmp/cat")"
wait_for_log '^warning fork service=cat .*pids\.max'
release "$HOLD_PID"
release "$full"
wait_until 10 sessions_are echo 0 || fail "counted for ever"
same "recovered" "hi hi" "$(echo hi | ask "$ADDR_echo") $(echo hi |
    ask "$ADDR_cat")"
stop_tined
exit 0
