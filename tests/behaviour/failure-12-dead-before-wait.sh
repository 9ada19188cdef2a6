#!/bin/bash
# Failure case 12: a child ends just before its parent begins to wait: it is
# reaped without another event, by an acceptor as by main.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
. "$(dirname "$0")/../lib/failure.sh"
require socat strace

start_conf <<END
service echo { listen = {"127.0.0.1:0"} builtin = echo }
service cat { listen = {"127.0.0.1:0"} exec = {"/bin/cat"} }
END
remember

# dies_before_wait WHO SERVICE PID WAKE...: WHO is held before its wait
# once WAKE has woken it; then the session PID is killed, and nothing else
# happens until its end is logged.  Sets TOOK, how many ms that was.
dies_before_wait() {
	local who=$1 service=$2 pid=$3 start
	shift 3
	inject "$who" "ppoll:delay_enter=400000" "epoll_pwait:delay_enter=400000"
	"$@"
	wait_until 5 traced_stop "$who" || fail "$who is not held"
	kill -KILL "$pid"
	start=$(now_ms)
	wait_for_log "^info end service=$service .* pid=$pid .*signal=9"
	TOOK=$(($(now_ms) - start))
	eject
}
# A connection that goes on wakes an acceptor and does not end.
connects() {
	exec {WAKING}<>"/dev/tcp/127.0.0.1/$(port "$1")"
	same "the one that wakes" two "$(say "$WAKING" two)"
}
asks() {
	kill -USR1 "$PID"
}
# A sweep would find it, too: by chance in one round, not in all.
limit=2500
for service in echo cat; do
	address=ADDR_$service
	for _ in 1 2 3 4; do
		talk "${!address}"
		same "before" one "$(say "$TALK" one)"
		session=$(pgrep -P "$(acceptor "$service")") || fail "no session"
		dies_before_wait "$(acceptor "$service")" "$service" "$session" \
		    connects "${!address}"
		echo "$service: reaped and logged after $TOOK ms"
		[ "$TOOK" -lt $limit ] || fail "$service: reaped after $TOOK ms"
		exec {TALK}>&- {WAKING}>&-
		wait_until 10 sessions_are "$service" 0 || fail "it is counted"
	done
done
unchanged

# Main has adopted the sessions of a killed acceptor.
sessions=()
for _ in 1 2 3 4; do
	talk "$ADDR_echo"
	same "before" one "$(say "$TALK" one)"
	sessions+=("$TALK")
done
acceptor=$(acceptor echo)
mapfile -t orphans < <(pgrep -P "$acceptor")
kill -KILL "$acceptor"
wait_until 20 new_acceptor echo "$acceptor" || fail "echo is not restarted"
for session in "${orphans[@]}"; do
	dies_before_wait "$PID" echo "$session" asks
	echo "main: reaped and logged after $TOOK ms"
	[ "$TOOK" -lt $limit ] || fail "main: reaped after $TOOK ms"
done
# Its acceptor itself.
acceptor=$(acceptor echo)
inject "$PID" "epoll_pwait:delay_enter=400000"
asks
wait_until 5 traced_stop "$PID" || fail "main is not held"
kill -KILL "$acceptor"
start=$(now_ms)
wait_for_log "restarted service=echo pid=$acceptor "
took=$(($(now_ms) - start))
echo "main: the acceptor's end is seen after $took ms"
[ "$took" -lt $limit ] || fail "an acceptor's end is seen after $took ms"
eject
wait_until 20 new_acceptor echo "$acceptor" || fail "echo is not restarted"
same "sessions" "4 0" "${#orphans[@]} $(state echo sessions)"
wait_until 10 no_zombies || fail "$(zombies) zombies"
echoes "$ADDR_echo" "afterwards"
stop_tined
