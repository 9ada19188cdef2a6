#!/bin/bash
# Goal of this test: one address that opens 10,000 connections has its
# per_source of them and no more; others are served as fast as before.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
. "$(dirname "$0")/../lib/failure.sh"
require python3

cap=50
many=10000
start_conf <<END
defaults { listen = {"127.0.0.1:0"} builtin = echo per_source = $cap instances = 200 }
service echo { }
service calm { }
END
remember

# The flooding client holds what it gets and reconnects at once when refused, so
# many times; it prints what became of them.
cat >"$tmp/rude.py" <<'END'
import os, select, signal, socket, sys
host, port = sys.argv[1].rsplit(":", 1)
left, held, refused, other = int(sys.argv[2]), [], 0, 0
poll = select.poll()
open_ = {}
over = []
signal.signal(signal.SIGTERM, lambda *_: over.append(1))
print("started", flush=True)
while left > 0 or open_:
    while left > 0 and len(open_) < 100:
        s = socket.socket()
        s.bind(("127.0.0.9", 0))
        s.settimeout(30)
        s.connect((host, int(port)))
        s.send(b"hello\n")
        open_[s.fileno()] = s
        poll.register(s, select.POLLIN)
        left -= 1
    for fd, _ in poll.poll(30000) or sys.exit("no answer within 30 s"):
        s = open_.pop(fd)
        poll.unregister(fd)
        try:
            got = s.recv(100)
        except ConnectionResetError:
            got = b""
        if got == b"hello\n":
            held.append(s)
        elif got == b"":
            refused += 1
            s.close()
        else:
            other += 1
print(f"served={len(held)} refused={refused} other={other}", flush=True)
while not over:
    signal.pause()
END
# The other client connects, gets its echo and closes, from an address of its
# own, in turns with a service that is not flooded, so that the machine's load
# is the same for both; it prints both medians in microseconds.
cat >"$tmp/peaceful.py" <<'END'
import socket, sys, time
def once(address):
    host, port = address.rsplit(":", 1)
    start = time.monotonic()
    s = socket.socket()
    s.settimeout(30)
    s.bind(("127.0.0.8", 0))
    s.connect((host, int(port)))
    s.send(b"hello\n")
    assert s.recv(100) == b"hello\n", "the peaceful one was not served"
    s.shutdown(socket.SHUT_WR)
    assert s.recv(100) == b""
    s.close()
    return int((time.monotonic() - start) * 1e6)
took = [[], []]
for n in range(int(sys.argv[1])):
    for i in 0, 1:
        took[i].append(once(sys.argv[2 + i]))
print(*(sorted(t)[len(t) // 2] for t in took))
END
peaceful() {
	timeout 100 python3 "$tmp/peaceful.py" "$1" "$ADDR_echo" "$ADDR_calm" ||
		fail "who has nothing to do with it is not served"
}
peaceful 50 >/dev/null	# warm
read -r before before_calm < <(peaceful 200)

python3 "$tmp/rude.py" "$ADDR_echo" $many >"$tmp/rude" 2>&1 &
rude=$!
record "$rude"
has_begun() { [ "$(state echo refused)" -gt 100 ]; }
wait_until 30 has_begun || fail "the rude one has not begun: $(cat "$tmp/rude")"
read -r during during_calm < <(peaceful 60)
over=no
! grep -q served= "$tmp/rude" || over=yes
wait_until 120 grep -qs 'served=' "$tmp/rude" ||
	fail "the rude one is not answered: $(cat "$tmp/rude")"
same "the rude one" "served=$cap refused=$((many - cap)) other=0" \
    "$(sed 1d "$tmp/rude")"
same "sessions while it holds them" $cap "$(state echo sessions)"
same "refused" $((many - cap)) "$(state echo refused)"
read -r after after_calm < <(peaceful 200)

# What it holds does not slow others down.  While 10,000 connections are refused
# at full speed others wait in the queue: that costs time, never a place.
echo "microseconds, attacked and calm: before $before $before_calm," \
    "during $during $during_calm (over by then: $over), held $after $after_calm"
[ "$during" -le $((during_calm * 10 + 2000)) ] ||
	fail "others are served in $during us, not $during_calm, in the attack"
[ "$after" -le $((after_calm * 2 + 500)) ] ||
	fail "others are served in $after us, not $after_calm, while it holds $cap"
# Logged at most once a second.
lines=$(count_log '^notice refused ')
seconds=$(($(ps -o etimes= -p "$PID")))
[ "$lines" -le $((seconds + 2)) ] || fail "$lines lines in $seconds s"
kill -TERM "$rude"
wait_exit "$rude" 20
unchanged 30
stop_tined
