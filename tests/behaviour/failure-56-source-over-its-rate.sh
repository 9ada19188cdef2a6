#!/bin/bash
# Goal of this test: one source far over cps_per_source, in a service that is
# near its cps, takes nothing from the others: they are served as if it were not
# there, whether the service queues or refuses, by one acceptor or by several.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
require python3

conf=$(config <<END
defaults {
	listen = {"127.0.0.1:0"}
	builtin = echo
	cps = {20, 20}
	cps_per_source = {2, 2}
}
service queue { }
service queues { acceptors = 3 }
service refuse { when_full = refuse }
service refuses { when_full = refuse acceptors = 3 }
service blocked { no_access = {"127.0.0.1"} }
service limited { per_source = 1 }
END
)

# One source connects 1,000 times a second; each of 30 others once, 15 of them a
# second: with what the one is allowed that is 17 of the 20 a second.
cat >"$tmp/others.py" <<'END'
import os, selectors, socket, sys, threading, time
BIND_NO_PORT = getattr(socket, "IP_BIND_ADDRESS_NO_PORT", 24)
host, port = sys.argv[1].rsplit(":", 1)
where = (host, int(port))
over = threading.Event()

def flood():
    begin, n = time.monotonic(), 0
    pending = []
    while not over.is_set():
        n += 1
        s = socket.socket()
        s.setblocking(False)
        s.connect_ex(where)
        pending.append(s)
        if len(pending) > 500:
            pending.pop(0).close()
        time.sleep(max(0, begin + n / 1000 - time.monotonic()))
    print(f"flood: {n / (time.monotonic() - begin):.0f} a second",
          file=sys.stderr)

threading.Thread(target=flood).start()
time.sleep(0.5)
served, worst = 0, 0
begin = time.monotonic()
for i in range(30):
    time.sleep(max(0, begin + i / 15 - time.monotonic()))
    start = time.monotonic()
    try:
        with socket.socket() as s:
            s.settimeout(10)
            s.setsockopt(socket.IPPROTO_IP, BIND_NO_PORT, 1)
            s.bind((f"127.0.1.{1 + i}", 0))
            s.connect(where)
            s.sendall(b"hello\n")
            if s.recv(100) == b"hello\n":
                served += 1
    except OSError as e:
        print(f"{i}: {e}", file=sys.stderr)
    worst = max(worst, time.monotonic() - start)
over.set()
print(f"{served} {int(worst * 1000)}")
END

# others SERVICE: sets SERVED, of 30, and WORST, in milliseconds.
others() {
	local address=ADDR_$1
	read -r SERVED WORST < <(timeout 60 python3 "$tmp/others.py" \
	    "${!address}" 2>"$tmp/said")
	echo "$1: ${SERVED:-none} of 30 served, the slowest in ${WORST:-?} ms," \
	    "$(grep flood "$tmp/said")"
	same "$1: served" 30 "${SERVED:-none}"
}

start_tined -c "$conf"
for service in queue queues refuse refuses blocked limited; do
	others "$service"
	[ "$WORST" -lt 1000 ] || fail "$service: one waited $WORST ms"
	[ "$(state "$service" refused)" -gt 500 ] ||
		fail "$service: no connection was refused"
done
# Nobody else was refused, and the one only for what it did itself.
same "other reasons" "" \
    "$(in_log -h '^notice refused service=refuse' |
	grep -v 'reason=cps_per_source ')"
stop_tined
