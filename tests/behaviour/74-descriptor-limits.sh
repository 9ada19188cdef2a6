#!/bin/bash
# Goal of this test: with very many descriptors nothing becomes slower.
# shellcheck source=../lib/behaviour.sh
. "$(dirname "$0")/../lib/behaviour.sh"
require python3 prlimit

# As many as there can be: no loop over descriptors, at start, fork or exec.
most=$(cat /proc/sys/fs/nr_open)
prlimit --nofile="$most:$most" --pid $$ 2>/dev/null || {
	echo "RLIMIT_NOFILE cannot be raised to $most"
	most=$(ulimit -Hn)
	ulimit -Sn "$most"
}
conf=$(config <<END
service echo { listen = {"127.0.0.1:0"} builtin = echo }
service cat { listen = {"127.0.0.1:0"} exec = {"/bin/cat"} }
END
)
cat >"$tmp/one-by-one.py" <<'END'
import socket, sys
host, port = sys.argv[1].rsplit(":", 1)
for _ in range(100):
    s = socket.create_connection((host, int(port)), 10)
    s.shutdown(socket.SHUT_WR)
    assert s.recv(10) == b""
    s.close()
END
start=$(now_ms)
start_tined -c "$conf"
for address in "$ADDR_echo" "$ADDR_cat"; do
	python3 "$tmp/one-by-one.py" "$address" || fail "no echo"
done
stop_tined
ms=$(($(now_ms) - start))
echo "$ms ms with $most descriptors"
[ "$ms" -lt 8000 ] || fail "$ms ms for a start and 200 connections"
exit 0
