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

# descriptors PID: how many it has open.
descriptors() {
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

# messages: how many lines of the log are no end of a session and no state.
messages() {
	grep -Evc '^(info end|notice state|debug) ' "$LOG" || :
}

# echoes ADDRESS WHEN: what it is sent comes back.
echoes() {
	same "echo $2" hi "$(echo hi | ask "$1")"
}

# inject PID INJECTION...: strace does this to the system calls of a process,
# until `eject`; `CALL:error=NAME:when=EXPRESSION` for instance.
inject() {
	local pid=$1 args=() calls=() one
	shift
	for one; do
		args+=(-e "inject=$one")
		calls+=("${one%%:*}")
	done
	rm -f "$tmp/strace" "$tmp/trace"
	strace -ttt -o "$tmp/trace" -e "trace=$(IFS=,; echo "${calls[*]}")" \
	    "${args[@]}" -p "$pid" 2>"$tmp/strace" &
	STRACE=$!
	record "$STRACE"
	wait_until 10 grep -qs attached "$tmp/strace" || {
		grep -qi 'not permitted' "$tmp/strace" && skip "no ptrace"
		fail "strace: $(cat "$tmp/strace")"
	}
}

eject() {
	kill -TERM "$STRACE"
	wait_exit "$STRACE"
}

# injected: how many calls were.
injected() {
	grep -c INJECTED "$tmp/trace" || :
}

# injected_is N: the injection really took place so often.
injected_is() {
	same "the injected calls" "$1" "$(injected)"
}
