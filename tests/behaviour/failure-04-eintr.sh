#!/bin/bash
# Failure case 4: storms of EINTR on accept and ppoll, and signals without end:
# no connection is lost, no line is logged.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
. "$(dirname "$0")/../lib/failure.sh"
require socat python3 strace

start_tined -l 127.0.0.1:0 -l 127.0.0.1:0 -s echo
acceptor=$(acceptor echo)
mapfile -t address < <(addresses echo)
echoes "${address[0]}" "before"
wait_until 10 sessions_are echo 0 || fail "the first session is still counted"
accepted=$(state echo accepted)
remember
lines=$(messages)

# Every second call of both, as long as clients come.
inject "$acceptor" "accept4:error=EINTR:when=1+2" "ppoll:error=EINTR:when=1+2"
for n in {1..20}; do
	echoes "${address[n % 2]}" "in the storm, $n"
done
eject
[ "$(injected)" -ge 20 ] || fail "only $(injected) injected"
# And in a row.
inject "$acceptor" "accept4:error=EINTR:when=1..200" \
    "ppoll:error=EINTR:when=1..200"
for n in {1..3}; do
	echoes "${address[n % 2]}" "in a row of EINTR, $n"
done
eject
[ "$(injected)" -ge 200 ] || fail "only $(injected) injected"
# A ppoll that fails with ENOMEM is tried again.
inject "$acceptor" "ppoll:error=ENOMEM:when=1..20"
echoes "${address[1]}" "after ENOMEM of ppoll"
eject

# EINTR from the kernel: SIGSTOP and SIGCONT, while clients come.
start_load "$tmp/load" "${address[@]}"
for _ in {1..200}; do
	kill -STOP "$acceptor"
	kill -CONT "$acceptor"
done
end_load
same "the connections that failed" 0 "$FAILED"
unchanged
same "lines of the log" "$lines" "$(messages)"
same "accepted" $((accepted + 20 + 3 + 1 + DONE)) "$(state echo accepted)"
same "ended" "$(state echo accepted)" "$(state echo ended)"
stop_tined
