#!/bin/bash
# Goal of this test: a program finds the connection and its standard error and
# no other descriptor, default signals, and a process group of its own, even if
# tined was started with every signal ignored and blocked.
# shellcheck source=../lib/behaviour.sh
. "$(dirname "$0")/../lib/behaviour.sh"
# shellcheck source=../lib/programs.sh
. "$(dirname "$0")/../lib/programs.sh"
require socat python3

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
echo "group $(($3 == $$)) session $(($4 == $$)) terminal $5"
END
)
cat >"$tmp/start.py" <<'END'
# Starts a program with everything blocked and ignored, and descriptors open.
import os, signal, sys
for n in range(1, 65):
    try:
        signal.signal(n, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
signal.pthread_sigmask(signal.SIG_SETMASK, range(1, 65))
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
service log { listen = {"127.0.0.1:0", "unix:$tmp/sock"} exec = {"$look"} }
service null { listen = {"127.0.0.1:0"} exec = {"$look"} stderr = null }
service socket {
	listen = {"127.0.0.1:0"}
	exec = {"$look"}
	stderr = socket
	umask = 077
	directory = "/usr"
}
service list { listen = {"127.0.0.1:0"} exec = {"/bin/ls", "/proc/self/fd"} }
END
)
direct=$TINED
TINED=$tmp/wrapped
start_tined -c "$conf"

# expected STDERR FLAGS UMASK DIRECTORY
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
		group 1 session 0 terminal 0
	END
}
look() {
	ask "$1" </dev/null >"$tmp/got"
	diff -u <(expected "${@:3}") "$tmp/got" || fail "$2"
}
look "$ADDR_log" "what a program finds" pipe: 1 0022 /
look "unix:$tmp/sock" "over a Unix socket" pipe: 1 0022 /
# Where it would hide what a sanitizer has to say it is left alone.
[ "$WIDE_SANDBOX" = 1 ] ||
	look "$ADDR_null" "with stderr = null" /dev/null 2 0022 /
look "$ADDR_socket" "with stderr = socket" socket: 2 0077 /usr

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
