#!/bin/bash
# Goal of this test: programs in the sandboxes basic and strict cannot change
# limits and scheduling of tined's processes; from strict, and from a built-in
# that was taken over, nothing connects past connect(2); and strict executes no
# memory.
export TMPDIR=/var/tmp	# the strict sandbox has a /tmp of its own
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
. "$(dirname "$0")/../lib/failure.sh"
require python3 socat
require_sandbox
require_kernel seccomp
python=$(PATH=/usr/bin:/bin command -v python3) ||
	skip "the services need a python3 of the system's"
[ -x /usr/bin/perl ] || skip "the services need a perl of the system's"

# ------------------------------------------------------------------- programs

# Reads a process and a TCP port; what becomes of each attempt is a line.
cat >"$tmp/reach.py" <<'END'
import errno
import os
import resource
import socket
import sys

pid, port = (int(word) for word in sys.stdin.readline().split())
there = ("127.0.0.1", port)
FASTOPEN = 0x20000000


def attempt(name, function, *arguments):
    try:
        function(*arguments)
        result = "ok"
    except OSError as e:
        result = errno.errorcode[e.errno]
    print(f"{name}: {result}", flush=True)


def limit(who, what):
    resource.prlimit(who, what, (0, 0))


def schedule(who):
    os.sched_setscheduler(who, os.SCHED_IDLE, os.sched_param(0))


def fastopen(*kind):
    with socket.socket(*kind) as s:
        s.sendto(b"x", FASTOPEN, there)


def fastopen_message():
    with socket.socket() as s:
        s.sendmsg([b"x"], [], FASTOPEN, there)


def fastopen_connect():
    with socket.socket() as s:
        s.setsockopt(socket.IPPROTO_TCP, 30, 1)
        s.connect(there)
        s.send(b"x")


def connect(*kind):
    with socket.socket(*kind) as s:
        s.connect(there)


def execute():
    fd = os.memfd_create("x")
    with open("/bin/true", "rb") as f:
        os.write(fd, f.read())
    if os.fork() == 0:
        try:
            os.execve(fd, ["true"], {})
        finally:
            os._exit(1)
    if os.wait()[1] != 0:
        raise OSError(errno.EACCES, "")


INET, STREAM = socket.AF_INET, socket.SOCK_STREAM
attempt("NOFILE", limit, pid, resource.RLIMIT_NOFILE)
attempt("NPROC", limit, pid, resource.RLIMIT_NPROC)
attempt("reading a limit", resource.prlimit, pid, resource.RLIMIT_CPU)
attempt("nice", os.setpriority, os.PRIO_PROCESS, pid, 19)
attempt("nice, its group", os.setpriority, os.PRIO_PGRP, pid, 19)
attempt("affinity", os.sched_setaffinity, pid, os.sched_getaffinity(pid))
attempt("scheduler", schedule, pid)
attempt("parameters", os.sched_setparam, pid, os.sched_param(0))
attempt("own nice", os.setpriority, os.PRIO_PROCESS, 0, 19)
attempt("own affinity", os.sched_setaffinity, 0, os.sched_getaffinity(0))
attempt("own limit", limit, 0, resource.RLIMIT_CORE)
attempt("connect", connect)
attempt("fast open", fastopen)
attempt("fast open, a message", fastopen_message)
attempt("fast open, connect", fastopen_connect)
attempt("MPTCP", connect, INET, STREAM, 262)
attempt("MPTCP, fast open", fastopen, INET, STREAM, 262)
attempt("SCTP", connect, INET, STREAM, 132)
attempt("SCTP, by its type", connect, INET, socket.SOCK_SEQPACKET)
attempt("SMC", connect, INET, STREAM, 256)
attempt("SMC, by its family", socket.socket, 43, STREAM)
attempt("DCCP", connect, INET, 6, 33)
attempt("raw", socket.socket, INET, socket.SOCK_RAW, 6)
attempt("packets", socket.socket, INET, 10)
attempt("vsock", socket.socket, 40, STREAM)
attempt("UDP", connect, INET, socket.SOCK_DGRAM)
attempt("execute memory", execute)
# Last: a CPU limit of a second is felt only by one that works.
attempt("CPU", limit, pid, resource.RLIMIT_CPU)
print("finished: ok", flush=True)
END
chmod 0644 "$tmp/reach.py"

# The same, with basic and strict; * is what the kernel says.
expected() {
	cat <<-'END'
	NOFILE                EPERM  EPERM
	CPU                   EPERM  EPERM
	NPROC                 EPERM  EPERM
	reading a limit       ok     ok
	nice                  EPERM  EPERM
	nice, its group       EPERM  EPERM
	affinity              EPERM  EPERM
	scheduler             EPERM  EPERM
	parameters            EPERM  EPERM
	own nice              ok     ok
	own affinity          ok     ok
	own limit             ok     ok
	connect               ok     TCP
	fast open             *      ENOTSUP
	fast open, a message  *      ENOTSUP
	fast open, connect    *      ENOPROTOOPT
	MPTCP                 *      EPROTONOSUPPORT
	MPTCP, fast open      *      EPROTONOSUPPORT
	SCTP                  *      EPROTONOSUPPORT
	SCTP, by its type     *      ESOCKTNOSUPPORT
	SMC                   *      EPROTONOSUPPORT
	SMC, by its family    *      EAFNOSUPPORT
	DCCP                  *      EPROTONOSUPPORT
	raw                   *      ESOCKTNOSUPPORT
	packets               *      ESOCKTNOSUPPORT
	vsock                 *      EAFNOSUPPORT
	UDP                   ok     ok
	execute memory        ok     EPERM
	finished              ok     ok
	END
}

# as_expected COLUMN: whether $tmp/got is what that column says.
as_expected() {
	expected | awk -v column="$1" -v tcp="$tcp" '
	FILENAME != "-" {
		split($0, part, /: /)
		got[part[1]] = part[2]
		next
	}
	{
		split($0, word, /  +/)
		want = word[column] == "TCP" ? tcp : word[column]
		if (word[1] in got && (want == "*" || want == got[word[1]]))
			next
		printf "%s: %s, not %s\n", word[1], got[word[1]], want
		wrong++
	}
	END { exit wrong > 0 }' "$tmp/got" - >&2
}

conf=$(config <<END
defaults { listen = {"127.0.0.1:0"} }
service echo { builtin = echo }
service sink { builtin = discard }
service basic { exec = {"$python", "$tmp/reach.py"} }
service strict {
	exec = {"$python", "$tmp/reach.py"}
	sandbox = strict
}
service own { exec = {"/usr/bin/perl", "$tmp/own.pl"} sandbox = strict }
END
)

# The client's connection itself, taken off it by AF_UNSPEC: a socket like
# another one, whose listening is the kernel's choice, not the service's port.
cat >"$tmp/own.pl" <<'END'
use Socket;
my $there = sockaddr_in(<STDIN> + 0, INADDR_LOOPBACK);
open(my $own, "+<&", STDIN) or die;
my ($port) = sockaddr_in(getsockname($own));
sub tried { print STDERR "$_[0]: ", $_[1] ? "ok" : $! + 0, "\n" }
tried("take off", connect($own, pack("Sx14", AF_UNSPEC)));
tried("fast open", send($own, "x", 0x20000000, $there));
tried("connect", connect($own, $there));
tried("listen", listen($own, 1));
my ($other) = sockaddr_in(getsockname($own));
print STDERR $other == $port ? "the service's port\n" : "another port\n";
END
chmod 0644 "$tmp/own.pl"

# What can be changed of a process: limits, nice, policy, processors.
standing() {
	cat "/proc/$1/limits"
	sed -n 's/.*) //p' "/proc/$1/stat" | cut -d ' ' -f 17,39
	grep Cpus_allowed: "/proc/$1/status"
}

tcp=EACCES
[ "$(python3 -c 'import ctypes
print(ctypes.CDLL(None).syscall(444, None, 0, 1))')" -ge 4 ] || tcp=ok

start_tined -c "$conf"
remember
victim=$(acceptor echo)
standing "$victim" >"$tmp/before"
reached=0
for service in basic strict; do
	address=ADDR_$service
	echo "$victim $(port "$ADDR_sink")" | ask "${!address}" 60 >"$tmp/got"
	column=2
	[ "$service" = basic ] || column=3
	as_expected $column || fail "$service: $(cat "$tmp/got")"
	standing "$victim" | diff "$tmp/before" - ||
		fail "$service has changed the acceptor"
	echoes "$ADDR_echo" "after $service"
	unchanged
	before=$reached
	reached=$(count_log '^info end service=sink ')
	[ "$service" = basic ] || [ "$tcp" = ok ] ||
		same "connections from strict" "$before" "$reached"
done
port "$ADDR_sink" | ask "$ADDR_own" >"$tmp/got"
wait_for_log '^info end service=own .*exit=0'
wait_for_log ' stderr service=own .*msg="another port"'
sed -n 's/.* stderr service=own .*msg="\(.*\)"$/\1/p' "$LOG" >"$tmp/got"
# EOPNOTSUPP of the filter, EACCES of Landlock.
[ "$tcp" = ok ] || same "a connection taken off" "take off: ok
fast open: 95
connect: 13
listen: ok
another port" "$(cat "$tmp/got")"
unchanged
[ "$tcp" = ok ] || same "connections from strict" "$reached" \
    "$(count_log '^info end service=sink ')"
stop_tined

# ------------------------------------------------ a built-in, from the inside

[ "$(id -u)" -eq 0 ] || exit 0
[ "$(uname -m)" = x86_64 ] || skip "the registers are x86-64's"
start_tined -c "$conf"
address=$(printf '0200%04x7f0000010000000000000000' "$(port "$ADDR_sink")")
other=$(acceptor sink)
acceptor=$(acceptor echo)
talk "$ADDR_echo"
same "echo" before "$(say "$TALK" before)"
session=$(pgrep -P "$acceptor") || fail "no session"

# calls FD: what it tries, FD is its connection or its listener.
calls() {
	cat <<-END
		limit of another: 302 $other 7 @ 0
		limit of main: 302 $PID 7 @ 0
		nice: 141 0 $other 19
		affinity: 203 $other 8 hex:01
		scheduler: 144 $other 0 @
		attributes: 314 $other @ 0
		ioprio: 251 1 $other 24576
		personality: 135 0x400000
		memfd: 319 x 0
		socket: 41 2 1 0
		socket of MPTCP: 41 2 1 262
		socket, raw: 41 2 3 6
		socket of vsock: 41 40 1 0
		socketpair: 53 1 1 0 @
		connect: 42 $1 hex:$address 16
		fast open: 44 $1 x 1 0x20000000 hex:$address 16
		fast open, not blocking: 44 $1 x 1 0x20004040 hex:$address 16
		fast open, a message: 46 $1 @ 0x20000000
		fast open, messages: 307 $1 @ 1 0x20000000
		fast open, connect: 54 $1 6 30 hex:01000000 4
		sendto: 44 $1 x 1 0x4000 hex:$address 16
		listen: 50 $1 5
	END
}

# taken PID: makes these calls there; $tmp/tried has what became of them.
taken() {
	intrude call "$1" >"$tmp/tried" 2>&1 && return
	! grep -q PermissionError "$tmp/tried" || skip "no ptrace"
	fail "$(cat "$tmp/tried")"
}

# refused WHAT COUNT: so many were tried, and all were refused.
refused() {
	same "$1: the calls" "$2" "$(wc -l <"$tmp/tried")"
	same "$1: what is possible" "" "$(grep -v ': EPERM$' "$tmp/tried")"
}

# descriptor PID KIND: the last of that kind that it has.
descriptor() {
	find "/proc/$1/fd" -lname "$2" -printf '%f\n' | sort -n | tail -n 1
}

fd=$(descriptor "$session" 'socket:*')
calls "$fd" | taken "$session"
refused "the session" "$(calls 0 | wc -l)"
same "echo" after "$(say "$TALK" after)"
exec {TALK}>&-

# The acceptor's listener, as it is and as a socket that could connect.
fd=$(descriptor "$acceptor" 'socket:*')
{
	calls "$fd"
	echo "shut down: 48 $fd 2"
	calls "$fd"
} | taken "$acceptor"
same "the listener" "shut down: ok" "$(grep '^shut down' "$tmp/tried")"
sed -i '/^shut down/d' "$tmp/tried"
refused "the acceptor" $((2 * $(calls 0 | wc -l)))
stop_tined
same "connections from the built-in" 0 "$(count_log '^info end service=sink ')"
