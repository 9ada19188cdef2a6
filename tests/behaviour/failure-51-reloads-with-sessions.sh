#!/bin/bash
# Goal of this test: after many reloads, with a session held from before each,
# the next reload succeeds; all sessions are counted, end as others do, and
# leave nothing behind.  RELOADS, RELOADS_32 and RELOADS_PROGRAM say how many:
# with one acceptor, with 32, with a program.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
. "$(dirname "$0")/../lib/failure.sh"
require python3

many=${RELOADS:-1000}
many_32=${RELOADS_32:-40}
many_program=${RELOADS_PROGRAM:-100}
conf=$(config </dev/null)

# configure ACCEPTORS WHAT
configure() {
	cat >"$conf" <<-END
	log_level = debug
	defaults { listen = {"127.0.0.1:0"} instances = 2000 }
	service echo { $2 acceptors = $1 per_source = 3000 }
	service same { builtin = echo }
	END
}

# A connection, a line, a reload, and again; then a line on each of them, and
# the end of the last half of them, then of the rest.
cat >"$tmp/reloads.py" <<'END'
import os, signal, socket, sys, time
address, main, conf, log, n = sys.argv[1:5] + [int(sys.argv[5])]
host, port = address.rsplit(":", 1)

def say(s, what):
    s.sendall(what)
    got = b""
    while len(got) < len(what):
        piece = s.recv(100)
        if not piece:
            sys.exit(f"a session has ended after {got!r}")
        got += piece
    assert got == what, got

text = open(conf).read()
seen = open(log, "rb")
held, slowest, begin = [], 0, time.monotonic()
for i in range(n):
    held.append(socket.create_connection((host, int(port)), 30))
    say(held[-1], b"first %d\n" % i)
    seen.seek(0, 2)
    with open(conf, "w") as f:
        f.write(text.replace("= 3000", f"= {3001 + i}"))
    start = time.monotonic()
    os.kill(int(main), signal.SIGHUP)
    lines = b""
    while b"reloaded\n" not in lines:
        lines += seen.read()
        if b" error " in lines or time.monotonic() - start > 20:
            sys.exit(f"reload {i}: {lines.decode()}")
        time.sleep(0.001)
    slowest = max(slowest, time.monotonic() - start)
ms = (time.monotonic() - begin) * 1000 / n
print(f"{n} reloads: {ms:.0f} ms each, the slowest {slowest * 1000:.0f} ms",
      flush=True)
for i, s in enumerate(held):
    say(s, b"second %d\n" % i)
print("held", flush=True)
signal.signal(signal.SIGTERM, lambda *_: sys.exit())
for s in held[n // 2:]:
    s.close()
print("half", flush=True)
signal.pause()
END

# reloads ACCEPTORS N WHAT
reloads() {
	local main_fds main_kib most
	configure "$1" "$3"
	start_tined -c "$conf"
	echo hi | ask "$ADDR_echo" >/dev/null
	wait_until 10 sessions_are echo 0 || fail "the first session stays"
	remember
	main_fds=$(descriptors "$PID")
	same_pid=$(acceptor same)
	python3 "$tmp/reloads.py" "$ADDR_echo" "$PID" "$conf" "$LOG" "$2" \
	    >"$tmp/reloads" 2>&1 &
	held_pid=$!
	record "$held_pid"
	ended_or() {
		dead "$held_pid" || grep -qs "$1" "$tmp/reloads"
	}
	wait_until 900 ended_or held
	alive "$held_pid" || fail "$(cat "$tmp/reloads")"
	wait_until 30 ended_or half
	head -n 1 "$tmp/reloads"
	wait_until 30 sessions_are echo $(($2 - $2 / 2)) || :
	wait_until 30 sessions_are echo $(($2 / 2)) ||
		fail "$(state echo sessions) sessions, not $(($2 / 2))"
	same "reloads" "$2" "$(count_log '^notice reloaded$')"
	same "the acceptor of the other service" "$same_pid" "$(acceptor same)"
	n_acceptors() {
		[ "$(acceptor echo | wc -l)" -eq "$1" ]
	}
	wait_until 10 n_acceptors "$1" ||
		fail "$(acceptor echo | wc -l) acceptors, not $1"
	# Of a program main may have the other end of its standard error.
	[[ $3 = exec* ]] || [ "$(descriptors "$PID")" -le $((main_fds + $1)) ] ||
		fail "main has $(descriptors "$PID") descriptors"
	most=$(scoreboard echo memory_most)
	echo "scoreboard: $(scoreboard echo memory) bytes, $most at most"
	kill -TERM "$held_pid"
	wait_exit "$held_pid" 30
	wait_until 30 sessions_are echo 0 ||
		fail "$(state echo sessions) sessions are left"
	same "started" "$(state echo started)" "$(state echo ended)"
	memory_is_back() {
		sessions_are echo 0 && [ "$(scoreboard echo memory)" -lt 1048576 ]
	}
	wait_until 30 memory_is_back ||
		fail "$(scoreboard echo memory) bytes are kept"
	same "descriptors of main" "$main_fds" "$(descriptors "$PID")"
	stop_tined
}

# scoreboard SERVICE KEY: of the last such line.
scoreboard() {
	grep " scoreboard service=$1 " "$LOG" | tail -n 1 |
	    sed "s/.* $2=\([^ ]*\).*/\1/"
}

reloads 1 "$many" 'builtin = echo'
reloads 32 "$many_32" 'builtin = echo'
reloads 1 "$many_program" 'exec = {"/bin/cat"}'
exit 0
