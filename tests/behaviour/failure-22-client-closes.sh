#!/bin/bash
# Goal of this test: a client that closes, or resets, while the server still
# writes is not an error: no SIGPIPE, no warning, one end in the log.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
. "$(dirname "$0")/../lib/failure.sh"
require python3 socat

# The program does not handle EPIPE: SIGPIPE is at its default.
cat >"$tmp/endless" <<'END'
#!/bin/sh
exec cat /dev/zero
END
chmod 0755 "$tmp/endless"
start_conf <<END
defaults { per_source = 1000 }
service chargen { listen = {"127.0.0.1:0", "unix:$tmp/chargen"} builtin = chargen }
service echo { listen = {"127.0.0.1:0"} builtin = echo }
service endless { listen = {"127.0.0.1:0"} exec = {"$tmp/endless"} }
END
echoes "$ADDR_echo" before
wait_for_ends 1 service=echo
remember
before=$(messages)

cat >"$tmp/client.py" <<'END'
import socket, struct, sys
def connect(address):
    if address.startswith("unix:"):
        s = socket.socket(socket.AF_UNIX)
        s.settimeout(20)
        s.connect(address[5:])
        return s
    host, port = address.rsplit(":", 1)
    return socket.create_connection((host, int(port)), 20)

def reset(s):
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

echo, endless, *chargen = sys.argv[1:]
for address in chargen + [endless]:
    for i in range(40):             # in the middle of a write
        s = connect(address)
        assert s.recv(1000)
        if i % 2 == 0:
            reset(s)
        s.close()
for address in chargen:
    for i in range(100):            # before the first one
        s = connect(address)
        reset(s)
        s.close()
for i in range(40):                 # an echo that is not read
    s = connect(echo)
    s.setblocking(False)
    try:
        while True:
            s.send(b"x" * 65536)
    except BlockingIOError:
        pass
    s.close()                       # unread data: a reset
END
# shellcheck disable=SC2046 # a word each
timeout 100 python3 "$tmp/client.py" "$ADDR_echo" "$ADDR_endless" \
    $(addresses chargen) || fail "the client, see above"

# Each end is logged once: a built-in exits, the program is killed by SIGPIPE.
wait_for_ends $((2 * 40 + 2 * 100)) 'service=chargen .* exit=0' 30
wait_for_ends 41 'service=echo .* exit=0' 30
wait_for_ends 40 'service=endless .* (signal=13|exit=1)' 30
unchanged
[ "$(count_log '^info stderr ')" -le 40 ] || fail "more than cat has to say"
same "what else is in the log" "$before" \
    "$(($(messages) - $(count_log '^info stderr ')))"
echoes "$ADDR_echo" afterwards
stop_tined
