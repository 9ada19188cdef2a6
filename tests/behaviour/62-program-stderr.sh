#!/bin/bash
# Goal of this test: what a program writes to standard error becomes events of
# its own connection, a line each: long ones folded, a flood cut and counted,
# nothing forged, and no other service delayed.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/programs.sh"
. "$(dirname "$0")/../lib/crowd.sh"
require socat python3

flood=$(program flood <<'END'
#!/bin/sh
head -c 100000000 /dev/zero | tr '\0' 'x' | fold -w 99 >&2
echo done
END
)
few=$(program few <<'END'
#!/bin/sh
echo one >&2
printf 'two words\nthree\n' >&2
printf 'fo' >&2; printf 'ur' >&2; echo >&2
echo >&2
echo /dev/stderr >/dev/stderr
printf %04500d 7 >&2
echo $$
END
)
nasty=$(program nasty <<'END'
#!/usr/bin/python3 -SEB
import fcntl, os, select, socket, struct
fcntl.fcntl(2, fcntl.F_SETFL, os.O_NONBLOCK)
def say(data):
    while data:
        select.select([], [2], [])
        try:
            data = data[os.write(2, data):]
        except BlockingIOError:     # a pipe may have one page only
            pass
try:
    os.ftruncate(2, 0)
except OSError:
    pass
# A record and a line as tined writes them, and what a terminal obeys.
say(b"info end service=nasty id=999 proto=tcp exit=0\n")
say(b"a\x1b[31m\"quoted\" %n\x00\xff\r\n")
say(struct.pack("<IIII", 0x64656e74, 1, 64, 1) * 64 + b"\n")
say(b"no end of line")
for fd in 0, 1:
    fcntl.fcntl(fd, fcntl.F_SETFL, os.O_NONBLOCK)
    for what in lambda: os.ftruncate(fd, 0), lambda: os.lseek(fd, 0, 0):
        try:
            what()
        except OSError:
            pass
os.write(1, b"done\n")
socket.socket(fileno=0).shutdown(socket.SHUT_RDWR)
END
)
start_conf <<END
defaults { listen = {"127.0.0.1:0"} }
service few { exec = {"$few"} }
service flood { exec = {"$flood"} }
service nasty { exec = {"$nasty"} }
service null { exec = {"$few"} stderr = null }
service socket { exec = {"$few"} stderr = socket }
END

# lines SERVICE PID: what it wrote, as the log has it.
lines() {
	untimed | sed -n "s/^info stderr service=$1 id=1 pid=$2 msg=//p"
}
all_lines() {
	[ "$(lines few "$pid" | tr -d '0\n' | tail -c 1)" = 7 ]
}
pid=$(ask "$ADDR_few" </dev/null)
wait_until 10 all_lines || fail "not all lines: $(lines few "$pid")"
same "its lines" 'one "two words" three four "" /dev/stderr ' \
    "$(lines few "$pid" | grep -v 000 | tr '\n' ' ')"
lines few "$pid" | grep 000 >"$tmp/long"
same "the bytes of the long one" 4500 "$(tr -d '\n' <"$tmp/long" | wc -c)"
same "the longest event" 2000 "$(wc -L <"$tmp/long")"
wait_for_log "^info end service=few id=1 .* pid=$pid .*exit=0"
same "what the socket has" 7 "$(ask "$ADDR_socket" </dev/null | wc -l)"
same "null" 1 "$(ask "$ADDR_null" </dev/null | wc -l)"

# Whatever it writes is a line of its own.
same "the nasty one" "done" "$(ask "$ADDR_nasty" </dev/null)"
wait_for_log 'stderr service=nasty .*msg="no end of line"'
wait_for_log 'stderr service=nasty .*msg="info end service=nasty id=999 '
wait_for_log '^info end service=nasty .* exit=0'
same "ends of the nasty one" 1 "$(count_log '^info end service=nasty ')"
! LC_ALL=C grep -q '[^ -~]' "$LOG" || fail "something is not encoded"

# 100 MB: it ends soon, and does not delay others.
before=$(now_ms)
ask "$ADDR_flood" 60 </dev/null >"$tmp/flood.out" &
flooding=$!
wait_for_log '^info stderr service=flood'
from=$(now_ms)
ask "$ADDR_few" </dev/null >"$tmp/few.out"
[ -s "$tmp/few.out" ] || fail "another one is not served meanwhile"
[ $(($(now_ms) - from)) -lt 5000 ] || fail "the flood delays others"
wait "$flooding"
same "after the flood" "done" "$(cat "$tmp/flood.out")"
took=$(($(now_ms) - before))
[ "$took" -lt 60000 ] || fail "the flood took $took ms"
wait_for_ends 1 "service=flood .*exit=0" 30

# Each line is either shown or counted: 1000 at once, 100 a second.
counted() {
	shown=$(count_log '^info stderr service=flood')
	lost=$(untimed |
	    sed -n 's/^warning lost service=flood .* lines=\([0-9]*\)/\1/p' |
	    awk '{ n += $1 } END { print n + 0 }')
	[ $((shown + lost)) -eq 1010102 ]
}
wait_until 10 counted || fail "$shown shown and $lost lost are not 1010102"
between "lines shown in $took ms" 1000 "$shown" $((1101 + took / 10))
[ "$(stat -c %s "$LOG")" -lt 2000000 ] || fail "the log has become big"

# The logger dies: programs go on, and what they say then is logged.
kill -KILL "$(logger)"
same "the nasty one" "done" "$(ask "$ADDR_nasty" </dev/null)"
wait_for_log '^error restarted process=logger'
before=$(count_log 'stderr service=few .*msg=one$')
ask "$ADDR_few" </dev/null >"$tmp/out"
wait_for_lines $((before + 1)) 'stderr service=few .*msg=one$'
stop_tined
same "the lines of others" 0 "$(count_log 'stderr service=(null|socket) ')"
