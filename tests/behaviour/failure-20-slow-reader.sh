#!/bin/bash
# Failure case 20: echo of 1 GB to a slow reader: every byte, in order, in
# bounded memory.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
. "$(dirname "$0")/../lib/failure.sh"
require python3

# Sanitizers make it slow.
size=$((1 << 30))
[ "$WIDE_SANDBOX" = 0 ] || size=$((64 << 20))
start_tined -l 127.0.0.1:0 -s echo
remember
cat >"$tmp/client" <<'END'
import socket, sys, threading, time
host, port = sys.argv[1].rsplit(":", 1)
size = int(sys.argv[2])
block = b"".join(i.to_bytes(8, "big") for i in range(1 << 17))   # 1 MiB
s = socket.create_connection((host, int(port)))

def send():
    left = size
    while left > 0:
        s.sendall(block)
        left -= len(block)
    s.shutdown(socket.SHUT_WR)

sender = threading.Thread(target=send)
sender.start()
# A slow reader at first: all buffers are full.
time.sleep(1)
open(sys.argv[3], "w").close()
time.sleep(0.5)
buf = memoryview(bytearray(len(block)))
total = 0
while total < size:
    at = 0
    while at < len(block):
        n = s.recv_into(buf[at:])
        assert n > 0, total
        at += n
    assert buf == block, "byte %d or later" % total
    total += at
assert s.recv(1) == b""
sender.join()
END
timeout 200 python3 "$tmp/client" "$ADDR_echo" $size "$tmp/full" &
client=$!
record "$client"
wait_until 10 test -e "$tmp/full" || fail "the client does not start"
session=$(pgrep -P "$(acceptors)") || fail "no session"
# Private memory only.
most=0
while alive "$client"; do
	kib=$(awk '/^(RssAnon|RssShmem)/ { n += $2 } END { print n + 0 }' \
		"/proc/$session/status" 2>/dev/null)
	[ "${kib:-0}" -le "$most" ] || most=$kib
	read -r -t 0.05 <> <(:) || :
done
wait "$client" || fail "the client, see above"
echo "the session took $most KiB at most"
[ "$WIDE_SANDBOX" != 0 ] || [ "$most" -le 4096 ] || fail "that is above 4 MiB"
wait_for_log "end .*in=$size out=$size .*exit=0"
unchanged
stop_tined
