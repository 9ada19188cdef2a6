#!/bin/bash
# Goal of this test: clients that reset, vanish or never stop sending harm nobody, and get their whole reply.
# shellcheck source=../lib/behaviour.sh
. "$(dirname "$0")/../lib/behaviour.sh"
require python3

file=$(config <<END
service chargen { listen = {"127.0.0.1:0"} builtin = chargen }
service daytime { listen = {"127.0.0.1:0", "unix:$tmp/s"} builtin = daytime }
service few { listen = {"127.0.0.1:0"} builtin = echo instances = 1
	when_full = refuse refuse_message = "come back later\r\n" }
service program { listen = {"127.0.0.1:0"} exec = {"/bin/echo", "done"} }
END
)
start_tined -c "$file"
cat >"$tmp/client" <<'END'
import socket, struct, sys, time
def connect(address):
    if address.startswith("unix:"):
        s = socket.socket(socket.AF_UNIX)
        s.connect(address[5:])
    else:
        host, port = address.rsplit(":", 1)
        s = socket.create_connection((host, int(port)))
    s.settimeout(8)
    return s

def until_eof(s):
    got = b""
    while True:
        more = s.recv(4096)
        if not more:
            return got
        got += more

chargen, few, program, *daytime = sys.argv[1:]
reset = struct.pack("ii", 1, 0)
for i in range(20):             # in the middle of a write
    s = connect(chargen)
    s.recv(1000)
    if i % 2 == 0:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
    s.close()
for i in range(200):            # at once
    s = connect(chargen)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
    s.close()
# The reply comes whole although the client had sent, and still sends.
for address in daytime:
    for i in range(20):
        s = connect(address)
        try:
            s.sendall(b"x" * 100000)
        except OSError:
            pass
        time.sleep(0.01)
        got = until_eof(s)
        assert got.endswith(b"UTC\r\n"), (address, got)
        s.close()
held = connect(few)
held.sendall(b"x")
assert held.recv(1) == b"x"
for i in range(20):
    s = connect(few)
    s.sendall(b"x" * 100000)
    time.sleep(0.01)
    assert until_eof(s) == b"come back later\r\n", i
    s.close()
held.close()
s = connect(program)            # its socket is its own: a reset is fair
try:
    s.sendall(b"x" * 100000)
    until_eof(s)
except ConnectionResetError:
    pass
END
# shellcheck disable=SC2046 # a word each
timeout 18 python3 "$tmp/client" "$ADDR_chargen" "$ADDR_few" "$ADDR_program" \
	$(addresses daytime) || fail "the client, see above"

# Every slot is free again, every end is logged, nobody died of a signal.
ended() { [ "$(count_log '^info end ')" -eq $((220 + 40 + 1 + 1)) ]; }
wait_until 10 ended || fail "$(count_log '^info end ') ends"
but_for_the_kernel <"$LOG" | grep -E '^(error|warning)|signal=' && fail "the above in the log"
kill -USR1 "$PID"
wait_for_log '^notice state .*service=few .*sessions=0'
wait_for_log '^notice state .*service=chargen .*sessions=0'
wait_for_log '^notice refused service=few reason=instances '
same "zombies" "" "$(pgrep --runstates Z -P "$(acceptors | xargs | tr ' ' ,)")"
stop_tined
