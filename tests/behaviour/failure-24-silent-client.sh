#!/bin/bash
# Goal of this test: idle_timeout and max_time end the session of a client that
# is silent or sends a byte now and then; the log says which, the slot is free.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
. "$(dirname "$0")/../lib/failure.sh"
require python3

file=$(config <<END
service idle { listen = {"127.0.0.1:0", "unix:$tmp/s"} builtin = echo idle_timeout = 600ms }
service total { listen = {"127.0.0.1:0"} builtin = echo max_time = 1500ms }
service slow { listen = {"127.0.0.1:0"} builtin = echo idle_timeout = 600ms max_time = 10s
	instances = 1 }
service discard { listen = {"127.0.0.1:0"} builtin = discard idle_timeout = 600ms }
service program { listen = {"127.0.0.1:0"} max_time = 800ms
	exec = {"/bin/sh", "-c", "sleep 60 & sleep 60"} }
END
)
start_tined -c "$file"
remember
cat >"$tmp/client" <<'END'
import socket, sys, threading, time
failed = []
def connect(address):
    if address.startswith("unix:"):
        s = socket.socket(socket.AF_UNIX)
        s.connect(address[5:])
    else:
        host, port = address.rsplit(":", 1)
        s = socket.create_connection((host, int(port)))
    s.settimeout(12)
    return s

def silent(address, least, most):
    s = connect(address)
    start = time.monotonic()
    s.recv(1)
    check(address, time.monotonic() - start, least, most)

def drip(address, least, most, every=0.2):
    s = connect(address)
    start = time.monotonic()
    s.settimeout(0.05)
    sent = start - every
    try:
        while time.monotonic() - start < most:
            if time.monotonic() - sent >= every:
                s.sendall(b"x")
                sent = time.monotonic()
            try:
                if s.recv(1) == b"":
                    break
            except TimeoutError:
                pass
    except OSError:
        pass
    check(address, time.monotonic() - start, least, most)

def check(address, took, least, most):
    print(address, "ended after %.3f s" % took)
    if not least <= took <= most:
        failed.append(address)

idle, unix, total, discard, program, slow = sys.argv[1:]
threads = [threading.Thread(target=f, args=a) for f, a in (
    (silent, (idle, 0.55, 5)), (silent, (unix, 0.55, 5)),
    (silent, (discard, 0.55, 5)), (silent, (total, 1.45, 6)),
    (drip, (total, 1.45, 6)), (silent, (program, 0.75, 6)),
    # The interval is longer than the idle limit: that is silence.
    (drip, (slow, 0.55, 5, 2)))]
for t in threads:
    t.start()
# A byte now and then keeps a session for many times its idle limit.
s = connect(idle)
for i in range(10):
    s.sendall(b"x")
    assert s.recv(1) == b"x", i
    time.sleep(0.2)
s.close()
for t in threads:
    t.join()
sys.exit(len(failed))
END
# shellcheck disable=SC2046 # a word each
timeout 18 python3 "$tmp/client" $(addresses idle) "$ADDR_total" "$ADDR_discard" \
	"$ADDR_program" "$ADDR_slow" || fail "not in their time, see above"
wait_for_log '^info end service=program '
wait_for_log '^info end service=discard .*reason=idle_timeout'
wait_for_log 'end service=slow .* in=1 out=1 .*reason=idle_timeout'
wait_for_lines 2 'end service=idle .*reason=idle_timeout'
wait_for_lines 2 'end service=total .*reason=max_time'
wait_for_log 'end service=program .*signal=15 reason=max_time'
wait_for_lines 3 'end service=idle '
same "ended by their clients" 1 "$(grep 'end service=idle' "$LOG" | grep -vc reason=)"
unchanged
# The only slot can be taken again.
echoes "$ADDR_slow" afterwards
stop_tined
