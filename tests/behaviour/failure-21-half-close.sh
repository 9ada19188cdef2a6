#!/bin/bash
# Failure case 21: a client sends, half-closes and reads: it gets every byte,
# then end of file, and no reset, from a built-in as from a program.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
. "$(dirname "$0")/../lib/failure.sh"
require python3

start_conf <<END
service echo {
	listen = {"127.0.0.1:0", "[::1]:0", "unix:$tmp/s"}
	builtin = echo
}
service cat { listen = {"127.0.0.1:0", "unix:$tmp/c"} exec = {"/bin/cat"} }
END
remember
cat >"$tmp/client" <<'END'
import random, select, socket, sys
for address in sys.argv[1:]:
    data = random.Random(7).randbytes(3000001)
    if address.startswith("unix:"):
        s = socket.socket(socket.AF_UNIX)
        s.connect(address[5:])
    else:
        host, port = address.rsplit(":", 1)
        s = socket.create_connection((host.strip("[]"), int(port)))
    s.settimeout(60)
    # A byte at a time, then nothing at all, then all at once.
    for i in range(50):
        s.sendall(data[i:i + 1])
        assert s.recv(1) == data[i:i + 1]
    got, sent = b"", 50
    s.setblocking(False)
    while sent < len(data):
        try:
            sent += s.send(data[sent:sent + 65536])
        except BlockingIOError:
            if select.select([s], [s], [], 60)[0]:
                got += s.recv(65536)
    s.setblocking(True)
    s.shutdown(socket.SHUT_WR)
    while True:
        more = s.recv(65536)    # ECONNRESET would end this
        if not more:
            break
        got += more
    assert got == data[50:], (address, len(got))
    s.close()
    # Nothing sent: nothing owed, end of file at once.
    s = socket.socket(s.family)
    s.connect(address[5:] if address.startswith("unix:") else (host.strip("[]"), int(port)))
    s.shutdown(socket.SHUT_WR)
    s.settimeout(60)
    assert s.recv(1) == b"", address
END
# shellcheck disable=SC2046 # a word each
timeout 120 python3 "$tmp/client" $(addresses echo) $(addresses cat) || fail "the client, see above"
wait_for_lines 3 'end .*in=3000001 out=3000001 .*exit=0'
wait_for_lines 3 'end .*in=0 out=0 .*exit=0'
wait_for_lines 4 'end service=cat .*exit=0'
unchanged
stop_tined
