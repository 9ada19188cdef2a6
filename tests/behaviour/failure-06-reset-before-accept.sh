#!/bin/bash
# Failure case 6: a peer resets, or another process takes its connection,
# between poll and accept: accept never blocks, on an inherited blocking
# listener neither.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
. "$(dirname "$0")/../lib/failure.sh"
require socat python3 strace

# It makes a blocking listener that tined inherits.  Its child shares the
# listener and accepts one connection for each line that it reads.
cat >"$tmp/launcher" <<'END'
import os, select, signal, socket, sys
s = socket.socket()
s.bind(("127.0.0.1", 0))
s.listen(64)
assert s.getblocking()
main = os.getpid()
def late(*_):
    raise TimeoutError
if os.fork() == 0:
    os.closerange(s.fileno() + 1, 64)
    signal.signal(signal.SIGALRM, late)
    for _ in open(sys.argv[1]):
        taken = 0
        signal.alarm(2)
        try:
            if select.select([s], [], [], 1)[0]:
                s.accept()[0].close()
                taken = 1
        except TimeoutError:
            pass
        signal.alarm(0)
        with open(sys.argv[2], "w") as f:
            print(taken, file=f)
    os._exit(0)
os.dup2(s.fileno(), 3)
os.set_inheritable(3, True)
os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(main), LISTEN_FDNAMES="web")
os.execv(sys.argv[3], sys.argv[3:])
END
mkfifo "$tmp/take" "$tmp/taken"
real=$TINED
printf '#!/bin/sh\nexec python3 %q %q %q %q "$@"\n' "$tmp/launcher" \
    "$tmp/take" "$tmp/taken" "$real" >"$tmp/tined"
chmod 0755 "$tmp/tined"
TINED=$tmp/tined
start_tined -l systemd:web -l 127.0.0.1:0 -s echo
exec {take}>"$tmp/take" {taken}<>"$tmp/taken"
acceptor=$(acceptor echo)
mapfile -t address < <(addresses echo)
echoes "${address[0]}" "before"
echoes "${address[1]}" "before"
wait_until 10 sessions_are echo 0 || fail "the first session is still counted"
remember
lines=$(messages)
resets() {
	python3 - "$@" <<'END'
import socket, struct, sys
for address in sys.argv[1:]:
    host, port = address.rsplit(":", 1)
    s = socket.create_connection((host, int(port)), 10)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    s.close()
END
}

# Each accept is 150 ms late.
inject "$acceptor" "accept4:delay_enter=150000" "ppoll:delay_exit=1"
for _ in 1 2 3; do
	resets "${address[@]}" "${address[@]}"
	for n in 0 1; do
		echoes "${address[n]}" "after resets"
	done
done
stolen=0
for _ in 1 2 3 4 5 6; do
	wait_until 10 sessions_are echo 0 || fail "a session is left"
	exec {client}<>"/dev/tcp/127.0.0.1/$(port "${address[0]}")"
	wait_until 5 traced_stop "$acceptor"
	echo >&"$take"
	read -r -t 10 got <&"$taken" || fail "nothing about the taking"
	stolen=$((stolen + got))
	exec {client}>&-
	echoes "${address[1]}" "after one was taken away"
done
echoes "${address[0]}" "afterwards"
eject
# Every series of accepts ends with EAGAIN; these began with it.
empty=$(awk '/accept4\(/ && /EAGAIN/ && wait { n++ }
    { wait = /ppoll\(/ } END { print n + 0 }' "$tmp/trace")
echo "$stolen taken away, $empty times nothing to accept after the wait"
[ "$stolen" -ge 1 ] && [ "$empty" -ge 1 ] || fail "the case did not come about"
unchanged
same "lines of the log" "$lines" "$(messages)"
stop_tined
