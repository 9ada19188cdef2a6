#!/bin/bash
# Goal of this test: what a program does to the connection, its standard error
# and all that it was given harms neither tined nor another session.
# shellcheck source=../lib/behaviour.sh
. "$(dirname "$0")/../lib/behaviour.sh"
# shellcheck source=../lib/programs.sh
. "$(dirname "$0")/../lib/programs.sh"
require socat python3

# Says something and goes, whatever the client still sends.
early=$(program early <<'END'
#!/bin/sh
echo enough
END
)
vandal=$(program vandal <<'END'
#!/usr/bin/python3
import fcntl, os, signal, socket
for path in ("/proc/self/fd", "/proc/%d/fd" % os.getppid()):
    try:
        names = os.listdir(path)
    except OSError:
        continue
    for name in names:
        try:
            fd = os.open(f"{path}/{name}", os.O_RDWR | os.O_NONBLOCK)
            os.ftruncate(fd, 0)
            os.write(fd, b"\0" * 4096)
        except OSError:
            pass
for fd in range(64):
    for what in (lambda: fcntl.fcntl(fd, fcntl.F_SETFL, os.O_NONBLOCK),
                 lambda: fcntl.fcntl(fd, fcntl.F_SETOWN, os.getpid()),
                 lambda: os.ftruncate(fd, 0),
                 lambda: fcntl.fcntl(fd, 1031, 4096),  # F_SETPIPE_SZ
                 lambda: socket.socket(fileno=os.dup(fd)).shutdown(2),
                 lambda: os.lseek(fd, 0, 0)):
        try:
            what()
        except OSError:
            pass
try:
    os.write(2, b"info end service=peaceful id=1 forged=1\n" + b"\0" * 100 +
             b"\n\x1b[2J %n%s\n\xff\xfe\nno newline at the end")
finally:
    os._exit(0)
END
)
peaceful=$(program peaceful <<'END'
#!/bin/sh
while read line; do
	echo "$line"
	echo "err $line" >&2
done
END
)
conf=$(config <<END
defaults { listen = {"127.0.0.1:0"} instances = 8 }
service early { exec = {"$early"} }
service vandal { exec = {"$vandal"} }
service vandal-socket { exec = {"$vandal"} stderr = socket }
service vandal-null { exec = {"$vandal"} stderr = null }
service vandal-root { exec = {"$vandal"} sandbox = off }
service peaceful { exec = {"$peaceful"} }
END
)
start_tined -c "$conf"
before=$(acceptors | sort)

# say LINE: over the connection that was open all the time.
exec {held}<>"/dev/tcp/127.0.0.1/$(port "$ADDR_peaceful")"
say() {
	local got
	echo "$1" >&"$held"
	read -r -t 10 got <&"$held"
	same "the peaceful one" "$1" "$got"
	wait_for_log "^info stderr service=peaceful id=1 .*msg=\"err $1\"$"
}
say before
vandals=(vandal vandal_socket vandal_root)
# With a sanitizer that one has the log itself, for what there is to say.
[ "$WIDE_SANDBOX" = 1 ] || vandals+=(vandal_null)
for service in "${vandals[@]}"; do
	address=ADDR_$service
	for _ in 1 2 3; do
		ask "${!address}" </dev/null >/dev/null 2>&1
	done
	wait_for_ends 3 "service=${service/_/-} .*exit=0"
	say "after $service"
done
exec {held}>&-
wait_for_ends 1 "service=peaceful id=1 .*exit=0"
same "the peaceful service" again "$(echo again | ask "$ADDR_peaceful")"
same "acceptors" "$before" "$(acceptors | sort)"

# What a program writes is a value in one line.
wait_for_log '^info stderr service=vandal id=1 pid=[0-9]+ msg="info end service=peaceful id=1 forged=1"$'
wait_for_log '^info stderr service=vandal .*msg="no newline at the end"$'
! grep -q '^info end .*forged' "$LOG" || fail "a record was forged"
! LC_ALL=C grep -q '[^ -~]' "$LOG" || fail "the log has unprintable bytes"
say_again=$(count_log '^info stderr service=vandal-null')
same "with stderr = null" 0 "$say_again"

# It closes while the client sends: the slot is free, the end logged.
for _ in {1..12}; do
	head -c 2000000 /dev/zero | ask "$ADDR_early" >"$tmp/got" 2>/dev/null
done
wait_for_ends 12 "service=early .*exit=0"
kill -USR1 "$PID"
wait_for_log '^notice state service=early sessions=0 '
stop_tined
exit 0
