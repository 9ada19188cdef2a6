#!/bin/bash
# Failure case 5: a listener that has become invalid (EINVAL, EBADF) is given up
# with one error; the others serve, and nothing spins.  A reload repairs it.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
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
	wait_for_log "^error error service=echo .*listener $1 .*given up.*$3"
	grep -q "listener $1 is given up: ${address[$1]}: " "$LOG" ||
		fail "$2: its address is not named"
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

# A connection to a given-up listener does not wake the acceptor.
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
[ "$(ps -o args= -p "$PID")" = "tined: main: serving 1 service, 2 listeners given up" ] ||
	fail "main does not say so: $(ps -o args= -p "$PID")"

# A reload of the same configuration still starts a new acceptor.
reload
for n in 0 1 2; do
	echoes "${address[$n]}" "after a reload, listener $n"
done
wait_until 10 gone "$acceptor" || fail "the old acceptor is left"
same "errors" 2 "$(errors)"
stop_tined
