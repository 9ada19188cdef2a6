# shellcheck shell=bash
# What the tests of the failure cases (tests/FAILURES.md) share.  Source it
# after behaviour.sh and crowd.sh.  What every case has in common: the same
# processes go on, hold no descriptor more, have no zombie, count no session
# that is over, and need next to no processor time for a failure.
#
#	start_tined ...
#	remember
#	... the failure ...
#	unchanged

# descriptors PID: how many it has open; - where that is not to be seen.
descriptors() {
	sees "$1" || {
		echo -
		return
	}
	find "/proc/$1/fd" -mindepth 1 2>/dev/null | wc -l
}

# cpu_ms PID...: the processor time that these have had so far, without that
# of their children.
cpu_ms() {
	local pid stat field sum=0
	for pid; do
		{ stat=$(<"/proc/$pid/stat"); } 2>/dev/null || continue
		read -r -a field <<<"${stat##*) }"
		sum=$((sum + field[11] + field[12]))
	done
	echo $((sum * 1000 / $(getconf CLK_TCK)))
}

# zombies: how many children of the last tined and of its acceptors are dead
# and not yet reaped.
zombies() {
	local parents
	parents=$(servers | xargs | tr ' ' ,)
	pgrep -c --runstates Z -P "$parents" || :
}

no_zombies() {
	[ "$(zombies)" -eq 0 ]
}

# servers: main, its logger, its acceptors; and the sessions that main has
# adopted, if there are any.
servers() {
	echo "$PID"
	pgrep -P "$PID" || :
}

# holdings: each of them with the number of its descriptors.
holdings() {
	local pid
	for pid in $(servers); do
		echo "$pid=$(descriptors "$pid")"
	done | sort | xargs
}

# remember: notes who serves and what each holds.  No session may run.
remember() {
	BEFORE=$(holdings)
}

as_before() {
	AFTER=$(holdings)
	[ "$AFTER" = "$BEFORE" ]
}

# services: the names of what the last tined serves.
services() {
	cut -d ' ' -f 1 "$READY" | sort -u
}

# unchanged [SECONDS]: waits until all is again as `remember` found it: the
# same processes, as many descriptors in each, no zombie, no session counted.
unchanged() {
	local service
	for service in $(services); do
		wait_until "${1:-10}" sessions_are "$service" 0 ||
			fail "$service: $(state "$service" sessions) sessions"
	done
	wait_until "${1:-10}" no_zombies || fail "$(zombies) zombies"
	wait_until "${1:-10}" as_before ||
		fail "processes=descriptors: before $BEFORE, now $AFTER"
}

# cheap WHAT BEFORE_MS AFTER_MS LIMIT_MS: two readings of cpu_ms.
cheap() {
	echo "$1: $(($3 - $2)) ms of processor time"
	[ $(($3 - $2)) -le "$4" ] ||
		fail "$1: $(($3 - $2)) ms of processor time, not $4"
}

# messages: how many lines of the log are neither ends nor states.
messages() {
	untimed | grep -Evc '^(info end|notice state|debug) ' || :
}

# echoes ADDRESS WHEN: what it is sent comes back.
echoes() {
	same "echo $2" hi "$(echo hi | ask "$1")"
}

# inject PIDS INJECTION...: strace does this to the system calls of a process,
# or of several, until `eject`; `CALL:error=NAME:when=EXPRESSION` for instance.
inject() {
	local pids=$1 args=() calls=() one
	shift
	for one; do
		args+=(-e "inject=$one")
		calls+=("${one%%:*}")
	done
	rm -f "$tmp/strace" "$tmp/trace"
	strace -ttt -o "$tmp/trace" -e "trace=$(IFS=,; echo "${calls[*]}")" \
	    "${args[@]}" -p "$pids" 2>"$tmp/strace" &
	STRACE=$!
	record "$STRACE"
	wait_until 10 attached "$(wc -w <<<"$pids")" || {
		grep -qi 'not permitted' "$tmp/strace" && skip "no ptrace"
		fail "strace: $(cat "$tmp/strace")"
	}
}

# attached N: whether strace is, to so many processes.
attached() {
	[ "$(grep -cs ' attached' "$tmp/strace")" = "$1" ]
}

eject() {
	kill -TERM "$STRACE"
	wait_exit "$STRACE"
}

# injected: how many calls were.
injected() {
	grep -Ec '\((INJECTED|DELAYED)\)' "$tmp/trace" || :
}

# injected_is N: the injection really took place so often.
injected_is() {
	same "the injected calls" "$1" "$(injected)"
}

# pauses: between the calls of the last trace that failed by injection, and to
# the one after them, in milliseconds, a line each.
pauses() {
	awk 'failed { printf "%d\n", ($1 - before) * 1000 }
	{
		failed = /INJECTED/
		before = $1
	}' "$tmp/trace"
}

# median: of the numbers on standard input.
median() {
	sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

# starved ERROR COUNT LIMIT: accept4 of the service echo fails COUNT times.  It
# must pause 100 ms each time, use little processor time, log it once a second
# at most with the limit's name, and then serve.
starved() {
	local acceptor lines start before ms median
	acceptor=$(acceptor echo)
	lines=$(messages)
	inject "$acceptor" "accept4:error=$1:when=1..$2"
	before=$(cpu_ms "$acceptor")
	start=$(now_ms)
	ask "$ADDR_echo" 60 <<<hi >"$tmp/starved" ||
		fail "$1: no echo after $2 failures"
	ms=$(($(now_ms) - start))
	eject
	same "$1: the echo" hi "$(cat "$tmp/starved")"
	same "$1: injected" "$2" "$(injected)"
	median=$(pauses | median)
	echo "$1 $2 times: $ms ms, pauses of $median ms"
	[ "$median" -ge 99 ] || fail "$1: it pauses $median ms, not 100"
	[ "$median" -lt 200 ] || fail "$1: accepting again after $median ms"
	# 1 %, and what it takes to see the first failure and the first message.
	cheap "$1" "$before" "$(cpu_ms "$acceptor")" $((ms / 100 + 20))
	wait_for_log "^warning accept service=echo call=accept4 msg=\".*\" limit=$3"
	lines=$(($(messages) - lines))
	[ "$lines" -le $((ms / 1000 + 1)) ] || fail "$1: $lines lines in $ms ms"
}

# traced_stop PID: whether strace holds it before or after a call.
traced_stop() {
	local stat
	{ stat=$(<"/proc/$1/stat"); } 2>/dev/null || return 1
	[[ ${stat##*) } == t* ]]
}

# intrude COMMAND PID...: what an intruder would do, see intrude.py.
intrude() {
	timeout 120 python3 "$top_srcdir/tests/lib/intrude.py" "$@"
}
