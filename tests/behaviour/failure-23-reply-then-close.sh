#!/bin/bash
# Goal of this test: a client that gets a reply or a refusal while it still
# sends receives all of it; after a program the slot is free and the end logged.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
. "$(dirname "$0")/../lib/failure.sh"
require python3

message="@ERROR: too many, sorry"
start_conf <<END
service daytime { listen = {"127.0.0.1:0", "unix:$tmp/daytime"} builtin = daytime }
service few {
	listen = {"127.0.0.1:0", "unix:$tmp/few"}
	builtin = echo
	instances = 1
	when_full = refuse
	refuse_message = "$message\n"
}
service program {
	listen = {"127.0.0.1:0"}
	exec = {"/bin/sh", "-c", "echo enough; exit 3"}
	instances = 2
}
END
remember

cat >"$tmp/senders.py" <<'END'
# N clients after one another that send before, and while, they are answered;
# prints how many had another answer than the expected one.
import re, socket, sys
address, count, expected = sys.argv[1], int(sys.argv[2]), sys.argv[3]
bad = 0
for n in range(count):
    if address.startswith("unix:"):
        s = socket.socket(socket.AF_UNIX)
        s.settimeout(20)
        s.connect(address[5:])
    else:
        host, port = address.rsplit(":", 1)
        s = socket.create_connection((host, int(port)), 20)
    got = b""
    try:
        s.setblocking(False)
        try:
            s.send(b"x" * 100000)
        except (BlockingIOError, BrokenPipeError):
            pass
        s.setblocking(True)
        s.settimeout(20)
        while data := s.recv(1000):
            got += data
            try:
                s.send(b"x" * 1000, socket.MSG_DONTWAIT)
            except (BlockingIOError, BrokenPipeError):
                pass
    except OSError as e:
        got += str(e).encode()
    if not re.fullmatch(expected.encode(), got, re.S):
        bad += 1
        print(got)
    s.close()
print("bad", bad)
END
# send ADDRESS COUNT ANSWER
send() {
	same "$2 senders to $1" "bad 0" "$(timeout 100 \
	    python3 "$tmp/senders.py" "$@" | tail -n 3)"
}

# A built-in's reply.
for address in $(addresses daytime); do
	send "$address" 50 '.*UTC\r\n'
done
wait_for_ends 100 'service=daytime .* exit=0' 20

# A refusal, five hundred times; logged once a second.
hold "$tmp/few.held" 1 "$ADDR_few"
from=$(now_ms)
for address in $(addresses few); do
	send "$address" 250 "$message\\n"
done
lines=$(count_log '^notice refused service=few ')
[ "$lines" -le $((($(now_ms) - from) / 1000 + 2)) ] ||
	fail "$lines lines in the log"
all_told() {
	[ "$(untimed | awk '/^notice refused service=few / {
		n += / peer=/
		if (match($0, /not_shown=[0-9]+/))
			n += substr($0, RSTART + 10, RLENGTH - 10)
	} END { print n + 0 }')" -eq 500 ]
}
wait_until 10 all_told || fail "not all refusals are counted in the log"
same "refused" 500 "$(state few refused)"
release "$HOLD_PID"

# A reset may destroy a program's reply; its slot is free nevertheless.
send "$ADDR_program" 12 '(enough\n)?.*'
wait_for_ends 12 'service=program .* exit=3'
same "signals in the log" 0 "$(count_log 'signal=')"
unchanged
stop_tined
