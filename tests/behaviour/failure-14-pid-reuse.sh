#!/bin/bash
# Failure case 14: the pids of what has ended are given to other processes, then
# tined reloads, restarts and stops: none of them gets a signal.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
. "$(dirname "$0")/../lib/failure.sh"
require socat setsid unshare
env --block-signal true 2>/dev/null || skip "env knows no signals"
# Root of a user namespace cannot drop groups, as tined must.
require_root

# In a namespace of the test's own it chooses which pid comes next.
in_namespaces --pid --fork --kill-child --mount --mount-proc --net
next=/proc/sys/kernel/ns_last_pid
[ -w $next ] || skip "the next pid cannot be chosen"

# impostor PID: an unrelated process that has this pid, and leads a process
# group of that number.  Signals other than KILL stay pending.
impostors=()
impostor() {
	local n
	for n in {1..200}; do
		echo $(($1 - 1)) >$next || skip "the next pid cannot be chosen"
		env --block-signal setsid sleep 1000 </dev/null >/dev/null 2>&1 &
		record $!
		if [ $! -eq "$1" ]; then
			wait_until 10 leads "$1" || fail "$1 leads no group"
			impostors+=("$1")
			return
		fi
		kill -KILL $!
		wait $! 2>/dev/null
		sleep 0.02
	done
	fail "$1 is not given again"
}
leads() {
	[ "$(ps -o sid=,comm= -p "$1" | xargs)" = "$1 sleep" ]
}
# unharmed WHEN
unharmed() {
	local pid pending
	for pid in "${impostors[@]}"; do
		leads "$pid" || fail "the impostor $pid was killed $1"
		pending=$(awk '/^(Sig|Shd)Pnd/ { print $2 }' \
		    "/proc/$pid/status" | xargs)
		same "signals of the impostor $pid $1" \
		    "0000000000000000 0000000000000000" "$pending"
	done
}
reaped() {
	[ ! -e "/proc/$1" ]
}

cat >"$tmp/leaves" <<'END'
#!/bin/sh
trap 'exit 3' TERM
echo $$
while :; do sleep 0.05; done
END
chmod 0755 "$tmp/leaves"
conf=$(config <<END
drain_timeout = 500ms
service echo { listen = {"127.0.0.1:0"} builtin = echo }
service brief { listen = {"127.0.0.1:0"} builtin = echo max_time = 1s }
service leaves { listen = {"127.0.0.1:0"} exec = {"$tmp/leaves"} max_time = 1s }
service cat { listen = {"127.0.0.1:0"} exec = {"/bin/cat"} }
END
)
start_tined -c "$conf"

# Sessions of each kind, that end by themselves or by their max_time.
for service in echo cat; do
	address=ADDR_$service
	talk "${!address}"
	same "$service" one "$(say "$TALK" one)"
	gone=$(pgrep -P "$(acceptor "$service")")
	exec {TALK}>&-
	wait_until 10 reaped "$gone" || fail "$gone is not reaped"
	impostor "$gone"
done
for service in brief leaves; do
	address=ADDR_$service
	talk "${!address}"
	wait_until 5 pgrep -P "$(acceptor "$service")" >/dev/null
	gone=$(pgrep -P "$(acceptor "$service")")
	wait_for_ends 1 "service=$service .*pid=$gone .*reason=max_time"
	wait_until 10 reaped "$gone" || fail "$gone is not reaped"
	impostor "$gone"
	exec {TALK}>&-
done
# Past the 5 s between TERM and KILL.
kill_due=$(($(now_ms) + 5500))

# Sessions that main had adopted, the acceptors of them, and the logger.
for service in echo cat; do
	address=ADDR_$service
	talk "${!address}"
	same "$service" one "$(say "$TALK" one)"
	acceptor=$(acceptor "$service")
	gone=$(pgrep -P "$acceptor")
	kill -KILL "$acceptor"
	wait_until 20 new_acceptor "$service" "$acceptor" ||
		fail "$service is not restarted"
	# Its session id is in use as long as a session of it lives.
	exec {TALK}>&-
	wait_until 10 reaped "$gone" || fail "$gone is not reaped"
	impostor "$gone"
	impostor "$acceptor"
done
logger=$(logger) || fail "no logger"
kill -KILL "$logger"
wait_until 20 another_logger "$logger" || fail "no new logger"
impostor "$logger"

# An acceptor that dies between reaping a session and writing that down: what
# main finds in the scoreboard is another process's pid by then.
if command -v strace >/dev/null; then
	acceptor=$(acceptor cat)
	# Before the connection, which strace would hold open, too.
	inject "$acceptor" "wait4:delay_exit=3000000"
	talk "$ADDR_cat"
	same "cat" one "$(say "$TALK" one)"
	gone=$(pgrep -P "$acceptor")
	exec {TALK}>&-
	wait_until 10 reaped "$gone" || fail "$gone is not reaped"
	traced_stop "$acceptor" || fail "the acceptor is not held"
	impostor "$gone"
	kill -KILL "$acceptor"
	wait_exit "$STRACE"
	wait_until 20 new_acceptor cat "$acceptor" || fail "no new acceptor"
	wait_until 10 sessions_are cat 0 || fail "an impostor is a session"
	impostor "$acceptor"
fi

# An acceptor that a reload has replaced.
acceptor=$(acceptor echo)
sed -i 's/^service echo {/& instances = 9/' "$conf"
reload
wait_until 10 reaped "$acceptor" || fail "$acceptor is not reaped"
impostor "$acceptor"
unharmed "by a reload"
past() {
	[ "$(now_ms)" -ge "$kill_due" ]
}
wait_until 6 past
unharmed "when the time to kill had come"
for service in echo cat brief; do
	address=ADDR_$service
	echoes "${!address}" "of $service, among impostors"
done

# A stop with open sessions, cut short by a second one.
talk "$ADDR_cat"
same "cat" one "$(say "$TALK" one)"
talk "$ADDR_echo"
same "echo" one "$(say "$TALK" one)"
kill -TERM "$PID"
wait_for_log '^notice draining sessions=2'
stop_tined
unharmed "by a stop"
echo "${#impostors[@]} impostors are unharmed"
exit 0
