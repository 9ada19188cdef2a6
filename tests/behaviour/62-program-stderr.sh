#!/bin/bash
# Goal of this test: what a program writes to standard error becomes events of
# its own connection: folded, limited, never forged, and nobody waits for it.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
require socat python3

cat >"$tmp/flood.py" <<'END'
import os
line = b"x" * 99 + b"\n"
for _ in range(1000):
    left = memoryview(line * 1000)
    while left:
        left = left[os.write(2, left):]
os.write(1, b"done\n")
END
cat >"$tmp/nasty.py" <<'END'
import fcntl, os, socket, struct
fcntl.fcntl(2, fcntl.F_SETFL, os.O_NONBLOCK)
try:
    os.ftruncate(2, 0)
except OSError:
    pass
# A record and a line as tined writes them, and what a terminal obeys.
os.write(2, b"info end service=nasty id=999 proto=tcp exit=0\n")
os.write(2, b"a\x1b[31m\"quoted\" %n\x00\xff\r\n")
os.write(2, struct.pack("<IIII", 0x64656e74, 1, 64, 1) * 64 + b"\n")
os.write(2, b"y" * 5000 + b"\n")
os.write(2, b"no end of line")
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
conf=$(config <<END
service words {
	listen = {"127.0.0.1:0"}
	exec = {"/bin/sh", "-c", "echo one >&2; echo 'two words' >&2; echo \$\$"}
}
service flood {
	listen = {"127.0.0.1:0"}
	exec = {"/usr/bin/python3", "-SEB", "$tmp/flood.py"}
}
service nasty {
	listen = {"127.0.0.1:0"}
	exec = {"/usr/bin/python3", "-SEB", "$tmp/nasty.py"}
}
service null {
	listen = {"127.0.0.1:0"}
	exec = {"/bin/sh", "-c", "echo hidden >&2; echo shown"}
	stderr = null
}
service socket {
	listen = {"127.0.0.1:0"}
	exec = {"/bin/sh", "-c", "echo error >&2; echo output"}
	stderr = socket
}
service path {
	listen = {"127.0.0.1:0"}
	exec = {"/bin/sh", "-c", "echo by path >/dev/stderr && echo done"}
}
END
)
start_tined -c "$conf"

pid=$(ask "$ADDR_words" </dev/null)
wait_for_log "^info stderr service=words id=[0-9]+ pid=$pid msg=one$"
wait_for_log "^info stderr service=words id=[0-9]+ pid=$pid msg=\"two words\"$"
wait_for_log "^info end service=words .* pid=$pid "
same "the ids" 1 "$(grep "pid=$pid " "$LOG" |
    sed 's/.* id=\([0-9]*\) .*/\1/' | sort -u | wc -l)"
same "null" shown "$(ask "$ADDR_null" </dev/null)"
same "socket" "error
output" "$(ask "$ADDR_socket" </dev/null)"
same "/dev/stderr" "done" "$(ask "$ADDR_path" </dev/null)"
wait_for_log 'stderr service=path .*msg="by path"'

# Whoever tries to forge something has said a line.
same "the nasty one" "done" "$(ask "$ADDR_nasty" </dev/null)"
wait_for_log 'stderr service=nasty .*msg="no end of line"'
wait_for_log 'stderr service=nasty .*msg="info end service=nasty id=999 '
wait_for_log '^info end service=nasty .* exit=0'
same "ends of the nasty one" 1 "$(count_log '^info end service=nasty ')"
same "its folded line" "5000" "$(untimed |
    sed -n 's/^info stderr service=nasty .*msg=\(y*\)$/\1/p' |
    tr -d '\n' | wc -c)"
[ "$(untimed | sed -n 's/^info stderr service=nasty .*msg=\(y*\)$/\1/p' |
    awk '{ if (length > m) m = length } END { print m }')" -le 2000 ] ||
	fail "a line is longer than 2000 bytes"
! LC_ALL=C grep -q '[^ -~]' "$LOG" || fail "something is not encoded"

# 100 MB: the program ends soon, the log stays small, what is dropped is said.
start=$(now_ms)
same "the flood" "done" "$(ask "$ADDR_flood" 60 </dev/null)"
echo "100 MB in $(($(now_ms) - start)) ms"
wait_for_log '^info end service=flood .* exit=0'
counted() {
	shown=$(count_log '^info stderr service=flood ')
	dropped=$(untimed |
	    sed -n 's/^warning lost service=flood .*lines=\([0-9]*\).*/\1/p' |
	    awk '{ n += $1 } END { print n + 0 }')
	[ $((shown + dropped)) -eq 1000000 ]
}
wait_until 10 counted || fail "$shown shown and $dropped dropped of 1000000"
echo "$shown lines were shown"
[ "$shown" -ge 1000 ] || fail "fewer lines than a burst"
[ "$(stat -c %s "$LOG")" -lt 5000000 ] || fail "the log has grown"
same "others" "error
output" "$(ask "$ADDR_socket" </dev/null)"

# The logger dies: programs go on, and what they say then is logged.
kill -KILL "$(logger)"
talk "$ADDR_nasty"
read -r -t 10 line <&"$TALK"
same "the nasty one" "done" "$line"
exec {TALK}>&-
wait_for_log '^error restarted process=logger'
before=$(count_log 'stderr service=words .*msg=one$')
ask "$ADDR_words" </dev/null >"$tmp/out"
logged_again() {
	[ "$(count_log 'stderr service=words .*msg=one$')" -gt "$before" ]
}
wait_until 10 logged_again || fail "no stderr after the logger's restart"
stop_tined
grep -q hidden "$LOG" && fail "what goes to null is logged"
exit 0
