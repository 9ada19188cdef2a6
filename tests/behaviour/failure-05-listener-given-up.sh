#!/bin/bash
# Failure case 5: a listener that is none any more (EINVAL, EBADF) is given up
# with one error; the other ones serve, and nothing spins.
# shellcheck source=../lib/behaviour.sh
. "$(dirname "$0")/../lib/behaviour.sh"
# shellcheck source=../lib/crowd.sh
. "$(dirname "$0")/../lib/crowd.sh"
# shellcheck source=../lib/failure.sh
. "$(dirname "$0")/../lib/failure.sh"
require socat strace

start_tined -l 127.0.0.1:0 -l 127.0.0.1:0 -l 127.0.0.1:0 -s echo
acceptor=$(acceptor echo)
mapfile -t address < <(addresses echo)
echoes "${address[0]}" "before"
wait_until 10 sessions_are echo 0 || fail "the first session is still counted"
remember
errors() {
	count_log '^error'
}

# give_up NUMBER ERROR TEXT
give_up() {
	local n
	n=$(errors)
	inject "$acceptor" "accept4:error=$2:when=1"
	(exec 3<>"/dev/tcp/127.0.0.1/$(port "${address[$1]}")")
	wait_for_log "^error .*listener $1 .*given up.*$3"
	eject
	same "$2: injected" 1 "$(injected)"
	same "$2: errors" $((n + 1)) "$(errors)"
}
give_up 1 EINVAL 'Invalid argument'
echoes "${address[0]}" "of another listener"
echoes "${address[2]}" "of another listener"
give_up 2 EBADF 'Bad file descriptor'
for n in {1..20}; do
	echoes "${address[0]}" "of the last listener, $n"
done

# A client that waits at a given-up listener wakes nobody.
wait_until 10 sessions_are echo 0 || fail "$(state echo sessions) sessions"
before=$(cpu_ms "$acceptor")
start=$(now_ms)
exec {waiting}<>"/dev/tcp/127.0.0.1/$(port "${address[1]}")"
read -r -t 2 <&"$waiting"
[ $(($(now_ms) - start)) -ge 1900 ] || fail "its client is not left to wait"
cheap "a client at a dead listener" "$before" "$(cpu_ms "$acceptor")" 50
exec {waiting}>&-
same "errors" 2 "$(errors)"
unchanged
stop_tined
exit 0
