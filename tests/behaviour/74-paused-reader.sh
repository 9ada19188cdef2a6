#!/bin/bash
# Goal of this test: a client that pauses gets all that a program sends,
# unless it pauses longer than peer_timeout.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
require socat python3

conf=$(config <<END
defaults {
	listen = {"127.0.0.1:0"}
	idle_timeout = 1s
	exec = {"/bin/dd", "if=/dev/zero", "bs=64k", "count=200"}
}
service patient { }
service limited { peer_timeout = 1s }
END
)
"$TINED" -T -c "$conf" >"$tmp/dump"
# of SERVICE DIRECTIVE: its value in the dump.
of() {
	sed -n "/^service $1 /,/^}/s/^	$2 = //p" "$tmp/dump"
}
same "a program's peer_timeout" none "$(of patient peer_timeout)"
same "one that was written" 1s "$(of limited peer_timeout)"
"$TINED" -T -l 127.0.0.1:0 -s echo >"$tmp/dump"
same "a built-in's" 300s "$(of echo peer_timeout)"
"$TINED" -T -l 127.0.0.1:0 -o peer_timeout=idle_timeout -- /bin/cat >"$tmp/dump"
same "a program's that is the same as idle_timeout" 300s \
    "$(of cat peer_timeout)"

start_tined -c "$conf"
# reads PORT: reads little, pauses for 4 s, reads the rest; prints how much.
reads() {
	python3 - "$1" <<'END'
import socket, sys, time
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
s.settimeout(20)
s.connect(("127.0.0.1", int(sys.argv[1])))
n = len(s.recv(1000))
time.sleep(4)
try:
    while (d := s.recv(65536)):
        n += len(d)
    print("end of file after", n)
except OSError as e:
    print(e.__class__.__name__, "after", n)
END
}
reads "$(port "$ADDR_patient")" >"$tmp/patient" &
record $!
patient=$!
limited=$(reads "$(port "$ADDR_limited")")
echo "limited: $limited"
wait "$patient"
same "a client that pauses" "end of file after $((200 * 65536))" \
    "$(cat "$tmp/patient")"
# TCP_USER_TIMEOUT counts a closed window as unanswered, as the manual says.
[ "${limited% after *}" = ConnectionResetError ] ||
	fail "peer_timeout: $limited"
wait_for_log '^info end service=patient .* exit=0'
stop_tined
