#!/bin/bash
# Goal of this test: programs that leave early, spoil what they were given, or
# leave something behind harm neither tined nor one another.
# shellcheck source=../lib/behaviour.sh
. "$(dirname "$0")/../lib/behaviour.sh"
# shellcheck source=../lib/crowd.sh
. "$(dirname "$0")/../lib/crowd.sh"
require socat python3

cat >"$tmp/spoil.py" <<'END'
# Everything it was given: non-blocking, truncated, sought, shut down.
import fcntl, os, socket, sys
for fd in range(3):
    fcntl.fcntl(fd, fcntl.F_SETFL, os.O_NONBLOCK | os.O_APPEND)
    for what in (lambda: os.ftruncate(fd, 0), lambda: os.lseek(fd, 0, 0),
                 lambda: fcntl.flock(fd, fcntl.LOCK_EX)):
        try:
            what()
        except OSError:
            pass
os.write(1, b"spoilt\n")
os.kill(0, 0)
s = socket.socket(fileno=0)
s.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)
s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
s.shutdown(socket.SHUT_RDWR)
# Its own acceptor is within its reach, as it is of the same user.
os.kill(os.getppid(), 9)
END
conf=$(config <<END
defaults { listen = {"127.0.0.1:0"} user = nobody }
service spoil {
	exec = {"/usr/bin/python3", "-SEB", "$tmp/spoil.py"}
	sandbox = strict
	stderr = log
}
service cat { exec = {"/bin/cat"} }
service early { exec = {"/bin/sh", "-c", "echo early; exit 3"} }
service child {
	exec = {"/bin/sh", "-c", "sleep 1000 </dev/null >/dev/null 2>&1 & echo \$!"}
}
service holder { exec = {"/bin/sh", "-c", "(echo in; sleep 1; echo out) & :"} }
END
)
[ "$(id -u)" -eq 0 ] || sed -i 's/ user = nobody//' "$conf"
chmod 0644 "$tmp/spoil.py"
mkdir -p /var/tmp 2>/dev/null
# Strict has a /tmp of its own.
place=$(mktemp -d /var/tmp/tined.XXXXXX) || skip "no /var/tmp"
finally "rm -rf '$place'"
chmod 0755 "$place"
cp "$tmp/spoil.py" "$place/"
sed -i "s|$tmp/spoil.py|$place/spoil.py|" "$conf"
start_tined -c "$conf"

# One spoils, the other one goes on, before and afterwards.
talk "$ADDR_cat"
same "before" one "$(say "$TALK" one)"
for _ in 1 2 3; do
	same "the spoiler" spoilt "$(ask "$ADDR_spoil" </dev/null)"
	same "meanwhile" two "$(say "$TALK" two)"
	same "another one" hi "$(echo hi | ask "$ADDR_cat")"
done
exec {TALK}>&-
wait_until 10 acceptor spoil >/dev/null || fail "no restart"
same "restarted" 0 "$(grep '^error restarted' "$LOG" |
    grep -vc 'service=spoil ')"
wait_until 10 ended 3 'service=spoil ' || fail "the spoilers are not logged"

# It ends while its client still sends: the slot is free, the end is logged.
head -c 20000000 /dev/zero |
    timeout 10 socat -u - "$(socat_address "$ADDR_early")" 2>/dev/null
wait_until 10 ended 1 'service=early .* exit=3' || fail "no end of early"
same "early's sessions" 0 "$(state early sessions)"

# What it leaves is no session, and no zombie in the end.
child=$(ask "$ADDR_child" </dev/null)
wait_until 10 ended 1 'service=child .* exit=0' || fail "no end of child"
same "child's sessions" 0 "$(state child sessions)"
alive "$child" || fail "what it left behind was ended"
same "its parent" "$PID" "$(ps -o ppid= -p "$child" | tr -d ' ')"
kill -KILL "$child"
wait_until 5 dead "$child" || fail "it is not reaped"

# What it leaves may go on with the connection.
same "left with the connection" "in
out" "$(ask "$ADDR_holder" </dev/null)"
wait_until 10 ended 1 'service=holder .* exit=0' || fail "no end of holder"
stop_tined
exit 0
