#!/bin/bash
# Goal of this test: a program finds the descriptors, environment, signals,
# process group, directory, umask, niceness and limits that the manual says.
# shellcheck source=../lib/behaviour.sh
. "$(dirname "$0")/../lib/behaviour.sh"
require socat python3

chmod 0777 "$tmp"
cat >"$tmp/show.py" <<'END'
import os, resource, signal, stat, sys
fds = sorted(int(n) for n in os.listdir("/proc/self/fd"))
fds = [n for n in fds if os.path.exists(f"/proc/self/fd/{n}")]
print("fds:", *fds)
for n in 0, 1, 2:
    m = os.fstat(n).st_mode
    print(f"fd {n}:", "socket" if stat.S_ISSOCK(m) else
          "pipe" if stat.S_ISFIFO(m) else os.readlink(f"/proc/self/fd/{n}"))
print("same:", os.fstat(0).st_ino == os.fstat(1).st_ino)
print("blocking:", os.get_blocking(0))
status = dict(l.split(":", 1) for l in open("/proc/self/status"))
for key in "SigBlk", "SigIgn", "SigCgt":
    print(key, status[key].strip())
print("group:", os.getpgrp() == os.getpid())
print("directory:", os.getcwd())
print("nice:", os.nice(0))
old = os.umask(0)
print("umask:", f"{old:03o}")
for key in "NOFILE", "AS", "CPU", "FSIZE", "CORE":
    print(f"{key}:", resource.getrlimit(getattr(resource, "RLIMIT_" + key))[0])
print("args:", *sys.argv[1:])
for item in sorted(os.environ.items()):
    print("env %s=%s" % item)
END
conf=$(config <<END
service plain {
	listen = {"127.0.0.1:0", "[::1]:0", "unix:$tmp/plain"}
	exec = {"/usr/bin/python3", "-SEB", "$tmp/show.py", "a b", ""}
}
service set {
	listen = {"127.0.0.1:0"}
	exec = {"/usr/bin/python3", "-SEB", "$tmp/show.py"}
	directory = "$tmp"
	umask = 077
	nice = $(nicer 5)
	rlimit_nofile = 99
	rlimit_as = 512M
	rlimit_cpu = 20s
	rlimit_fsize = 3M
	stderr = null
	environment = {"LANG=C", "EMPTY=", "LONG=a = b"}
	pass_environment = {"PASSED", "HOME", "NOT_THERE"}
}
END
)
# Nothing of what is around tined reaches a program: neither its environment,
# nor its descriptors, nor its signals.
exec 7</dev/null 8>"$tmp/inherited"
export PASSED='passed on' SECRET=1 NOTIFY_SOCKET=/nowhere LISTEN_PID=1 \
    WATCHDOG_PID=1 LISTEN_FDS=0 LISTEN_FDNAMES=
trap '' HUP PIPE USR2
start_tined -c "$conf"
unset NOTIFY_SOCKET
trap - HUP PIPE USR2

value() {
	sed -n "s/^$1 \?//p" "$tmp/shown"
}
ask "$ADDR_plain" </dev/null >"$tmp/shown" || fail "no answer"
# 3 is the directory that is being read.
same "the descriptors" "0 1 2" "$(value fds:)"
same "fd 0" "socket" "$(value 'fd 0:')"
same "fd 1" "socket" "$(value 'fd 1:')"
same "fd 2" "pipe" "$(value 'fd 2:')"
same "0 and 1 are the same" True "$(value same:)"
same "blocking" True "$(value blocking:)"
same "blocked signals" 0000000000000000 "$(value SigBlk)"
# Python itself ignores SIGPIPE and SIGXFSZ, and catches SIGINT.
same "ignored signals" 0000000001001000 "$(value SigIgn)"
same "a group of its own" True "$(value group:)"
same "the directory" / "$(value directory:)"
same "nice" "$(nice)" "$(value nice:)"
same "umask" 022 "$(value umask:)"
same "core" 0 "$(value CORE:)"
same "nofile" "$(ulimit -Sn)" "$(value NOFILE:)"
same "the arguments" "a b " "$(value args:)"

path=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
local_port=$(port "$ADDR_plain")
peer_port=$(sed -n 's/^env REMOTE_PORT=//p' "$tmp/shown")
[ "$peer_port" -gt 0 ] || fail "no REMOTE_PORT"
id=$(sed -n 's/^env TINED_ID=//p' "$tmp/shown")
wait_for_log "^info end service=plain id=$id proto=tcp peer=127.0.0.1:$peer_port"
same "the environment" "PATH=$path
PROTO=TCP
REMOTE_ADDR=127.0.0.1
REMOTE_PORT=$peer_port
SERVER_ADDR=127.0.0.1
SERVER_PORT=$local_port
TCPCONNNUM=1
TCPLOCALIP=127.0.0.1
TCPLOCALPORT=$local_port
TCPREMOTEIP=127.0.0.1
TCPREMOTEPORT=$peer_port
TINED_ID=$id
TINED_SERVICE=plain" "$(value env | grep -v ^LC_CTYPE=)"

ask "$(addresses plain | sed -n 2p)" </dev/null >"$tmp/shown"
same "IPv6" "REMOTE_ADDR=::1
SERVER_ADDR=::1
TCPLOCALIP=::1
TCPREMOTEIP=::1" "$(value env | grep -E '(IP|ADDR)=')"

ask "unix:$tmp/plain" </dev/null >"$tmp/shown"
pid=$(sed -n 's/^env UNIXREMOTEPID=//p' "$tmp/shown")
id=$(sed -n 's/^env TINED_ID=//p' "$tmp/shown")
same "the environment with a Unix socket" "PATH=$path
PROTO=UNIX
TINED_ID=$id
TINED_SERVICE=plain
UNIXLOCALPATH=$tmp/plain
UNIXREMOTEEGID=$(id -g)
UNIXREMOTEEUID=$(id -u)
UNIXREMOTEPID=$pid" "$(value env | grep -v ^LC_CTYPE=)"

ask "$ADDR_set" </dev/null >"$tmp/shown"
same "fd 2" /dev/null "$(value 'fd 2:')"
same "the directory that was set" "$tmp" "$(value directory:)"
same "the umask that was set" 077 "$(value umask:)"
same "nice that was set" "$(nicer 5)" "$(value nice:)"
same "the limits that were set" "99 536870912 20 3145728" \
    "$(value NOFILE:) $(value AS:) $(value CPU:) $(value FSIZE:)"
same "the environment that was added" "EMPTY=
HOME=$HOME
LANG=C
LONG=a = b
PASSED=passed on" "$(value env | grep -E '^(EMPTY|HOME|LANG|LONG|PASSED|SECRET)')"

stop_tined
exit 0
