#!/bin/bash
# Failure case 11: 10,000 sessions are killed at once: no zombie 50 ms after the
# last one has died, the counters are 0, each end is counted, and logged or
# lost.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
. "$(dirname "$0")/../lib/failure.sh"
require socat python3

many=10000
holders=4
[ "$WIDE_SANDBOX" = 0 ] || many=400
mib=$(awk '/^MemAvailable/ { print int($2 / 1024) }' /proc/meminfo)
[ "$mib" -ge 4096 ] || skip "$mib MiB of memory are not enough for $many sessions"
[ "$(cat /proc/sys/kernel/threads-max)" -ge $((2 * many)) ] ||
	skip "kernel.threads-max is too low for $many sessions"
[ "$(ulimit -n)" -gt $((many / holders + 50)) ] ||
	ulimit -Sn $((many / holders + 50)) ||
	skip "too few descriptors for the clients"
[ "$(ulimit -Hn)" -gt $((many + 50)) ] ||
	skip "too few descriptors to watch $many sessions"
start_conf <<END
defaults { listen = {"127.0.0.1:0"} per_source = 20000 instances = 10000 }
service echo { builtin = echo }
service cat { exec = {"/bin/cat"} }
END
remember

# Kills every child of a process, and prints how many there were, in what time
# all were dead, how long after that the last one of them was reaped, in ms, and
# how much of that neither the process had a processor nor others kept it from
# one.  A descriptor of a process tells when it dies, and when it is gone.
cat >"$tmp/kill-all" <<'END'
import os, resource, select, signal, subprocess, sys, time
hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
children = subprocess.run(["pgrep", "-P", sys.argv[1]], text=True,
                          stdout=subprocess.PIPE).stdout.split()
fds = [os.pidfd_open(int(pid)) for pid in children]
death = select.epoll()
for fd in fds:
    death.register(fd, select.EPOLLIN | select.EPOLLONESHOT)

def schedstat():
    total = [0, 0]
    for pid in sys.argv[1], "self":
        try:
            with open("/proc/%s/schedstat" % pid) as f:
                ran, waited, _ = map(int, f.read().split())
        except OSError:
            continue
        if pid != "self":
            total[0] += ran
        total[1] += waited
    return total

def is_left(fd):
    try:
        signal.pidfd_send_signal(fd, 0)
    except ProcessLookupError:
        return False
    return True

start = time.monotonic()
for fd in fds:
    signal.pidfd_send_signal(fd, signal.SIGKILL)
alive = len(fds)
while alive > 0:
    got = len(death.poll(30, 1000))
    assert got > 0, "%d do not die" % alive
    alive -= got
dead = time.monotonic()
before = schedstat()
left = fds
while left := [fd for fd in left if is_left(fd)]:
    assert time.monotonic() < dead + 30, "%d zombies" % len(left)
reaped = time.monotonic()
ran, waited = ((b - a) / 1e9 for a, b in zip(before, schedstat()))
# More than the ends need: it spins.
idle = max(0, reaped - dead - waited - min(ran, len(fds) * 50e-6))
print(len(fds), *[round(s * 1000) for s in (dead - start, reaped - dead, idle)])
END

all_told() {
	ENDS=$(count_log "^info end service=$1 .*signal=9")
	LOST=$(untimed |
	    sed -n "s/^warning lost service=$1 records=\([0-9]*\).*/\1/p" |
	    awk '{ n += $1 } END { print n + 0 }')
	# A standard error that could not be handed over is lost, too.
	[ "$ENDS" -le "$2" ] && [ $((ENDS + LOST)) -ge "$2" ]
}
# killed SERVICE N TOTAL: N sessions, after which TOTAL have been killed.  Sets
# TOOK, the ms after which none was a zombie, and IDLE, how many of them passed
# for no reason.
killed() {
	local address=ADDR_$1 n pids=() got acceptor before
	acceptor=$(acceptor "$1")
	for ((n = 0; n < holders; n++)); do
		SOURCE=127.0.0.$((n + 2)) WAIT=60 hold "$tmp/$1.$n" \
		    $(($2 / holders)) "${!address}"
		pids+=("$HOLD_PID")
		same "$1: held" "served=$(($2 / holders)) closed=0 waiting=0" \
		    "$(held "$tmp/$1.$n")"
	done
	same "$1: the sessions" "$2" "$(state "$1" sessions)"
	before=$(cpu_ms "$acceptor")
	got=$(python3 "$tmp/kill-all" "$acceptor") || fail "$1: see above"
	read -r n ms TOOK IDLE <<<"$got"
	echo "$1: $n dead after $ms ms, reaped $TOOK ms later, idle for $IDLE ms"
	same "$1: killed" "$2" "$n"
	unchanged
	[ "$WIDE_SANDBOX" != 0 ] || cheap "$1: $n ends" "$before" \
	    "$(cpu_ms "$acceptor")" $(($2 / 5 + 100))
	wait_until 20 all_told "$1" "$3" ||
		fail "$1: $ENDS ends and $LOST lost are not $3"
	echo "$1: $ENDS ends logged, $LOST lost"
	same "$1: counted" "$3 $3" "$(state "$1" started) $(state "$1" ended)"
	for n in "${pids[@]}"; do
		release "$n"
	done
}
# Where others have the processors, what counts is that it never waits while
# there is one to reap.
at_once() {
	local n
	for n in 1 2; do
		killed "$1" "$2" $((n * $2))
		[ "$TOOK" -gt 50 ] || return 0
	done
	[ "$IDLE" -le 50 ] || fail "$1: zombies for $TOOK ms, idle for $IDLE ms"
	echo "$1: the machine was too busy for 50 ms"
}
at_once echo "$many"
at_once cat $((many / 20))
echoes "$ADDR_echo" "again"
echoes "$ADDR_cat" "again"
unchanged
stop_tined
