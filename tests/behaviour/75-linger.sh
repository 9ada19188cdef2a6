#!/bin/bash
# Goal of this test: with linger = yes a program that answers without reading
# its request does not cause a reset; a connection is held for a second at most,
# and programs do not inherit held connections.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
. "$(dirname "$0")/../lib/failure.sh"
. "$(dirname "$0")/../lib/programs.sh"
require socat python3

answer='printf "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nOK\n"'
start_conf <<END
defaults {
	listen = {"127.0.0.1:0"}
	per_source = 4096
	linger = yes
}
service check { exec = {"/bin/sh", "-c", '$answer'} }
service hasty { exec = {"/bin/sh", "-c", '$answer'} linger = no }
service failed { exec = {"/bin/sh", "-c", '$answer; kill -9 \$\$'} }
service slow { exec = {"/bin/sleep", "1000"} max_time = 1s }
service left {
	exec = {"/bin/sh", "-c", "(sleep 1000; echo late) & echo now"}
}
service fds { exec = {"/bin/ls", "-l", "/proc/self/fd"} }
service echo { builtin = echo }
service unix { listen = {"unix:$tmp/sock"} exec = {"/bin/sh", "-c", '$answer'} }
END
remember

# asks COUNT PORT|PATH [GOES-ON]: requests, one connection each; prints how many
# had a clean answer and how many a reset.
asks() {
	python3 - "$@" <<'END'
import socket, sys
clean = reset = 0
for i in range(int(sys.argv[1])):
    if sys.argv[2].startswith("/"):
        s = socket.socket(socket.AF_UNIX)
        s.connect(sys.argv[2])
    else:
        s = socket.create_connection(("127.0.0.1", int(sys.argv[2])))
    s.settimeout(20)
    answer = b""
    try:
        s.sendall(b"GET / HTTP/1.1\r\nHost: node\r\n\r\n")
        while (d := s.recv(4096)):
            answer += d
            if len(sys.argv) > 3:       # more of a request that is not read
                s.sendall(b"x" * 1000)
        if not answer.endswith(b"OK\n"):
            sys.exit("the answer: %r" % answer)
        clean += 1
    except (ConnectionResetError, BrokenPipeError):
        reset += 1
    s.close()
print(clean, reset)
END
}

same "clean, reset" "200 0" "$(asks 200 "$(port "$ADDR_check")")"
same "clients that send on: clean, reset" "50 0" \
    "$(asks 50 "$(port "$ADDR_check")" more)"
same "a program that is killed: clean, reset" "20 0" \
    "$(asks 20 "$(port "$ADDR_failed")")"
same "by Unix socket: clean, reset" "20 0" "$(asks 20 "$tmp/sock")"
# Without linger clients see resets: this test can fail.
read -r _ resets < <(asks 50 "$(port "$ADDR_hasty")")
echo "without: $resets of 50 reset"
[ "$resets" -gt 0 ] || fail "no reset without linger"

# After a second it is closed, whatever the client does.
before=$(descriptors "$(acceptor check)")
talk "$ADDR_check"
start=$(now_ms)
held() {
	[ "$(descriptors "$(acceptor check)")" -gt "$before" ]
}
not_held() {
	[ "$(descriptors "$(acceptor check)")" -eq "$before" ]
}
wait_until 5 held || fail "the acceptor holds no connection"
wait_until 5 not_held || fail "the acceptor holds a connection for ever"
took=$(($(now_ms) - start))
echo "held for $took ms"
[ "$took" -ge 900 ] || fail "held for $took ms only"
exec {TALK}>&-

# The connection lingers from the program's end, whatever it leaves behind.
same "what is left" now "$(ask "$ADDR_left" </dev/null)"
# A program at its max_time.
same "a program without an answer" "" "$(ask "$ADDR_slow" <<<hi)"
wait_for_log '^info end service=slow .*reason=max_time'

# A program does not inherit connections that linger.
hold "$tmp/hold" 20 "$ADDR_slow"
same "a program's descriptors" "0 1 2 3" "$(ask "$ADDR_fds" </dev/null |
    sed -n 's/.* \([0-9]*\) -> .*/\1/p' | xargs)"
release "$HOLD_PID"
same "a built-in" hi "$(ask "$ADDR_echo" <<<hi)"
wait_until 10 sessions_are slow 0 || fail "sessions are left"
# The leftovers are the acceptor's children, and children of these.
left() {
	local pid
	for pid in $(descendants "$(acceptor left)" | tail -n +2); do
		kill -KILL "$pid" 2>/dev/null
	done
	[ "$(descendants "$(acceptor left)" | wc -l)" -eq 1 ]
}
wait_until 10 left || fail "something is left"
unchanged 20

# A stop waits for lingering connections.
talk "$ADDR_check"
IFS= read -r -t 10 line <&"$TALK"
echo "a request" >&"$TALK"
kill -TERM "$PID"
same "the answer during a stop" "HTTP/1.1 200 OK" "${line%$'\r'}"
rest=$(timeout 10 cat <&"$TALK" | tail -n 1)
same "the rest of it" OK "$rest"
wait_exit "$PID" 10 || fail "exit status $?"

# Fewer descriptors than instances: a warning, and clients wait.
cat >"$tmp/few" <<END
#!/bin/sh
ulimit -n 48
exec "$TINED" "\$@"
END
chmod +x "$tmp/few"
"$tmp/few" -t -l 127.0.0.1:0 -o linger=yes -- /bin/cat >"$tmp/few.out" 2>&1 ||
	fail "-t with few descriptors: $(cat "$tmp/few.out")"
grep -q 'warning: linger: 1024 instances need .* and the limit is 48' \
    "$tmp/few.out" || fail "-t is silent: $(cat "$tmp/few.out")"
TINED=$tmp/few start_tined -l 127.0.0.1:0 -o linger=yes -- /bin/cat
WAIT=2 hold "$tmp/hold" 60 "$ADDR_cat"
wait_for_log '^warning accept service=cat call=accept4 .*limit=RLIMIT_NOFILE'
release "$HOLD_PID"
same "afterwards" hi "$(ask "$ADDR_cat" 20 <<<hi)"
stop_tined
