#!/bin/bash
# Goal of this test: a child that could not be reaped because wait failed is
# reaped soon afterwards: its session does not count against the limits for
# seconds.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
. "$(dirname "$0")/../lib/failure.sh"
require socat strace

start_conf <<END
defaults {
	listen = {"127.0.0.1:0"}
	instances = 1
	when_full = refuse
}
service echo { builtin = echo }
service cat { exec = {"/bin/cat"} }
service ends { exec = {"/bin/cat"} leftovers = end }
END
# Below the 5 s of the sweep that would find it, too; strace takes its time.
limit=2500

# served ADDRESS: whether a client is.
served() {
	[ "$(echo hi | ask "$1" 5 2>/dev/null)" = hi ]
}

# unwaited PID SERVICE SESSION INJECTION: ends a session while a call of that
# process fails; the next client is served soon.
unwaited() {
	local address=ADDR_$2 start took
	inject "$1" "$4"
	kill -KILL "$3"
	start=$(now_ms)
	exec {TALK}>&-
	wait_until 20 served "${!address}" || fail "$2: no client is served any more"
	took=$(($(now_ms) - start))
	eject
	grep -q INJECTED "$tmp/trace" || fail "$4: no call has failed"
	echo "$2, $4: the next one is served after $took ms"
	[ "$took" -lt $limit ] || fail "$2, $4: clients are refused for $took ms"
	wait_until 10 sessions_are "$2" 0 || fail "$2: a session is counted"
}

for service in echo cat ends; do
	for call in wait4:error=EAGAIN:when=1 wait4:error=ECHILD:when=1..2 \
	    wait4:error=EINVAL:when=1 waitid:error=EAGAIN:when=1; do
		[ "${call%%:*}" = wait4 ] || [ $service = ends ] || continue
		address=ADDR_$service
		talk "${!address}"
		same "before" one "$(say "$TALK" one)"
		acceptor=$(acceptor $service)
		unwaited "$acceptor" $service "$(pgrep -P "$acceptor")" "$call"
	done
done

# The same of main, with a session that it has adopted; then with an acceptor.
for call in wait4:error=EAGAIN:when=1..12 wait4:error=ECHILD:when=1..4 \
    waitid:error=EAGAIN:when=1; do
	talk "$ADDR_echo"
	same "before" one "$(say "$TALK" one)"
	acceptor=$(acceptor echo)
	session=$(pgrep -P "$acceptor")
	kill -KILL "$acceptor"
	wait_until 30 new_acceptor echo "$acceptor" || fail "no restart"
	unwaited "$PID" echo "$session" "$call"
done
acceptor=$(acceptor cat)
inject "$PID" wait4:error=EAGAIN:when=1..12
kill -KILL "$acceptor"
start=$(now_ms)
wait_for_log "^error restarted service=cat pid=$acceptor "
took=$(($(now_ms) - start))
eject
echo "an acceptor's end is seen after $took ms"
[ "$took" -lt $limit ] || fail "an acceptor's end is seen after $took ms"
stop_tined
