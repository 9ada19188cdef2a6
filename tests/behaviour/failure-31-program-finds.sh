#!/bin/bash
# Goal of this test: a program finds exactly the environment, arguments,
# signals, descriptors, umask, niceness and process group that the manual
# promises, whatever tined itself was started with.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/programs.sh"
require socat env python3

# ------------------------------------------------- environment and arguments

conf=$(config <<END
defaults { pass_environment = {"PASSED", "NOT_SET", "OVERRIDDEN"} }
service env {
	listen = {"127.0.0.1:0", "[::1]:0", "[::]:0", "unix:$tmp/sock",
	    "unix:@tined-test-$$"}
	exec = {"$(command -v env)"}
	environment = {"GIVEN=one two", "EMPTY=", "OVERRIDDEN=here",
	    "TRICK=\${NOT_SET}\$HOME \`id\`"}
}
service args {
	listen = {"127.0.0.1:0"}
	exec = {"/usr/bin/printf", "<%s>\n", "", "a b", "*", "\$HOME", "\"'\\\\"}
	stderr = socket
}
END
)
# All that a service manager, a shell and a debugger leave behind.
export NOTIFY_SOCKET=$tmp/nobody WATCHDOG_USEC=99999999 WATCHDOG_PID=1
export LISTEN_PID=1 LISTEN_FDS=1 LISTEN_FDNAMES=x INVOCATION_ID=x
export JOURNAL_STREAM=1:2 MAINPID=1 LD_LIBRARY_PATH=$tmp SECRET=x
export PASSED=$'through \e[0m' OVERRIDDEN=there TCPREMOTEIP=192.0.2.1
export TINED_SERVICE=other PROTO=none REMOTE_HOST=x
start_tined -c "$conf"
unset LD_LIBRARY_PATH
mapfile -t listeners < <(addresses env)
same "listeners" 5 "${#listeners[@]}"

always() {
	cat <<-END
		PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
		TINED_SERVICE=env
		TINED_ID=$1
		GIVEN=one two
		EMPTY=
		OVERRIDDEN=here
		TRICK=\$HOME \`id\`
		PASSED=$PASSED
	END
}
# tcp ID ADDRESS PORT: of a connection from that address to it.
tcp() {
	always "$1"
	cat <<-END
		PROTO=TCP
		TCPLOCALIP=$2
		TCPLOCALPORT=$3
		TCPREMOTEIP=$2
		TCPREMOTEPORT=PORT
		TCPCONNNUM=1
		REMOTE_ADDR=$2
		REMOTE_PORT=PORT
		SERVER_ADDR=$2
		SERVER_PORT=$3
	END
}
# unix ID PATH
unix() {
	always "$1"
	cat <<-END
		PROTO=UNIX
		UNIXLOCALPATH=$2
		UNIXREMOTEEUID=$(id -u)
		UNIXREMOTEEGID=$(id -g)
		UNIXREMOTEPID=PID
	END
}
# The client's port and pid are the kernel's choice.
found() {
	ask "$1" </dev/null | sed -E 's/^((TCP)?REMOTE_?PORT)=[1-9][0-9]*$/\1=PORT/
	    s/^(UNIXREMOTEPID)=[1-9][0-9]*$/\1=PID/' | sort
}
# check WHAT ID ADDRESS EXPECTED
check() {
	wait_for_ends "$2" "service=env" 30
	diff -u <(sort <<<"$3") "$tmp/got" || fail "the environment of $1"
}
found "${listeners[0]}" >"$tmp/got"
check IPv4 1 "$(tcp 1 127.0.0.1 "$(port "${listeners[0]}")")"
found "${listeners[1]}" >"$tmp/got"
check IPv6 2 "$(tcp 2 ::1 "$(port "${listeners[1]}")")"
port=$(port "${listeners[2]}")
found "127.0.0.1:$port" >"$tmp/got"
check "IPv4 on an IPv6 listener" 3 "$(tcp 3 127.0.0.1 "$port")"
found "[::1]:$port" >"$tmp/got"
check "a listener on every address" 4 "$(tcp 4 ::1 "$port")"
found "${listeners[3]}" >"$tmp/got"
check "a Unix socket" 5 "$(unix 5 "$tmp/sock")"
found "${listeners[4]}" >"$tmp/got"
check "an abstract socket" 6 "$(unix 6 "@tined-test-$$")"

# How many connections the source has.
slow=$(program slow <<'END'
#!/bin/sh
echo "$TCPCONNNUM"
read line
END
)
start_tined -f -l 127.0.0.1:0 -- "$slow"
for n in 1 2 3; do
	exec {fd}<>"/dev/tcp/127.0.0.1/$(port "$ADDR_slow")"
	read -r -t 10 got <&"$fd" || fail "no answer"
	same "TCPCONNNUM" "$n" "$got"
	fds[n]=$fd
done
fd=${fds[1]}
exec {fd}>&-
wait_for_ends 1 service=slow
exec {fd}<>"/dev/tcp/127.0.0.1/$(port "$ADDR_slow")"
read -r -t 10 got <&"$fd"
same "TCPCONNNUM after one has gone" 3 "$got"
for fd in "${fds[@]:1}" "$fd"; do
	exec {fd}>&-
done

expected=$(printf '<%s>\n' "" "a b" "*" '$HOME' "\"'\\")
same "arguments" "$expected" "$(ask "$ADDR_args" </dev/null)"
# --------------------------------------- signals, descriptors, process group

look=$(program look <<'END'
#!/bin/sh
echo "directory $(pwd -P) root $(readlink /proc/$$/root)"
cd /proc/$$ || exit 1
for fd in 0 1 2; do
	flags=$(sed -n 's/^flags:[[:blank:]]*//p' fdinfo/$fd)
	echo "$fd $(readlink fd/$fd | sed 's/\[[0-9]*\]//')" \
	    "$((flags & 04003))"	# O_ACCMODE, O_NONBLOCK
done
grep '^Sig\(Q\|Pnd\|Blk\|Ign\|Cgt\)\|^ShdPnd\|^Umask' status |
    grep -v '^SigQ\|^SigCgt'
set -- $(sed 's/.*) //' stat)
echo "group $(($3 == $$)) session $(($4 == $$)) terminal $5 nice ${17}"
END
)
cat >"$tmp/start.py" <<'END'
# Starts a program with everything blocked and ignored, and descriptors open.
import os, signal, sys
for n in signal.valid_signals():
    try:
        signal.signal(n, signal.SIG_IGN)
    except OSError:     # KILL and STOP
        pass
signal.pthread_sigmask(signal.SIG_SETMASK, signal.valid_signals())
for n in range(20):
    os.set_inheritable(os.open("/etc/passwd", os.O_RDONLY), True)
os.umask(0)
os.chdir(sys.argv[1])
os.execv(sys.argv[2], sys.argv[2:])
END
cat >"$tmp/wrapped" <<END
#!/bin/bash
exec python3 "$tmp/start.py" "$tmp" "$TINED" "\$@"
END
chmod 0755 "$tmp/wrapped"

conf=$(config <<END
service log { listen = {"127.0.0.1:0", "unix:$tmp/look.sock"} exec = {"$look"} }
service null { listen = {"127.0.0.1:0"} exec = {"$look"} stderr = null }
service socket {
	listen = {"127.0.0.1:0"}
	exec = {"$look"}
	stderr = socket
	umask = 077
	nice = $(nicer 3)
	directory = "/usr"
}
service list { listen = {"127.0.0.1:0"} exec = {"/bin/ls", "/proc/self/fd"} }
END
)
direct=$TINED
TINED=$tmp/wrapped
start_tined -c "$conf"

# expected STDERR FLAGS UMASK DIRECTORY NICE
expected() {
	cat <<-END
		directory $4 root /
		0 socket: 2
		1 socket: 2
		2 $1 $2
		Umask:	$3
		SigPnd:	0000000000000000
		ShdPnd:	0000000000000000
		SigBlk:	0000000000000000
		SigIgn:	0000000000000000
		group 1 session 0 terminal 0 nice $5
	END
}
look() {
	ask "$1" </dev/null >"$tmp/got"
	diff -u <(expected "${@:3}") "$tmp/got" || fail "$2"
}
look "$ADDR_log" "what a program finds" pipe: 1 0022 / "$(nice)"
look "unix:$tmp/look.sock" "over a Unix socket" pipe: 1 0022 / "$(nice)"
# Left as it is where it would hide a sanitizer's report.
[ "$WIDE_SANDBOX" = 1 ] ||
	look "$ADDR_null" "with stderr = null" /dev/null 2 0022 / "$(nice)"
look "$ADDR_socket" "with stderr = socket" socket: 2 0077 /usr "$(nicer 3)"

# With the one by which ls reads that directory.
same "descriptors" "0 1 2 3 " "$(ask "$ADDR_list" </dev/null | tr '\n' ' ')"

# The connection is a blocking socket, and the same one thrice.
same=$(program same <<'END'
#!/usr/bin/python3
import os, sys
i = {os.fstat(fd).st_ino for fd in (0, 1, 2)}
print(len(i), *(os.get_blocking(fd) for fd in (0, 1, 2)))
END
)
TINED=$direct
start_tined -l 127.0.0.1:0 -o stderr=socket -- "$same"
same "the same" "1 True True True" "$(ask "$ADDR_same" </dev/null)"

for PID in "${daemons[@]}"; do
	stop_tined
done
exit 0
