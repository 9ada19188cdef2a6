# shellcheck shell=bash
# Many clients at once, for tests that have sourced behaviour.sh.  See
# crowd.py for what they do.

# start_load FILE ADDRESS...: JOBS clients connect, echo and close until
# end_load.  Sets LOAD_PID.
start_load() {
	LOAD=$1
	shift
	python3 "$top_srcdir/tests/lib/crowd.py" load "$@" >"$LOAD" 2>&1 &
	LOAD_PID=$!
	record "$LOAD_PID"
	wait_until 10 grep -qs started "$LOAD" || fail "the load has not begun"
}

# end_load: ends it.  Sets DONE and FAILED, how many connections there were.
end_load() {
	kill -TERM "$LOAD_PID"
	wait_exit "$LOAD_PID" 30 || fail "the load: $(cat "$LOAD")"
	read -r DONE FAILED < <(sed -n \
	    's/^done=\([0-9]*\) failed=\([0-9]*\)$/\1 \2/p' "$LOAD")
	[ "${DONE:-0}" -gt 0 ] || fail "the load did nothing: $(cat "$LOAD")"
	[ "$FAILED" -eq 0 ] || grep -v '^done\|^started' "$LOAD"
}

# hold FILE COUNT ADDRESS: opens connections and holds them; FILE has what
# became of them once all have been answered, or after WAIT seconds.  Sets
# HOLD_PID; `release PID` lets go.
hold() {
	rm -f "$1"
	python3 "$top_srcdir/tests/lib/crowd.py" hold "$2" "$3" >"$1" 2>&1 &
	HOLD_PID=$!
	record "$HOLD_PID"
	wait_until 30 test -s "$1" || fail "nothing holds connections"
}

release() {
	kill -TERM "$1"
	wait_exit "$1" 10 || fail "$1 does not let go"
}

# held FILE: what hold says of its connections, without their text.
held() {
	sed 's/ text=.*//' "$1"
}

# state SERVICE KEY: asks for the state and prints a value of it.
state() {
	local before
	before=$(count_log " state service=$1 ")
	kill -USR1 "$PID"
	wait_until 10 test_states "$1" "$before" || fail "no state of $1"
	grep -E " state service=$1 " "$LOG" | tail -n 1 |
	    grep " $2=" | sed "s/.* $2=\([^ ]*\).*/\1/"
}

test_states() {
	[ "$(count_log " state service=$1 ")" -gt "$2" ]
}

# sessions_are SERVICE N: whether it has that many now.
sessions_are() {
	[ "$(state "$1" sessions)" = "$2" ]
}

# leftovers_are SERVICE N: whether its programs have left that many.
leftovers_are() {
	local left
	left=$(state "$1" leftovers)
	[ "${left:-0}" = "$2" ]
}

# reload: sends SIGHUP to the last tined and waits until it has reloaded.
reload() {
	local before
	before=$(count_log '^notice reloaded')
	kill -HUP "$PID"
	wait_until 20 test_reloads "$before" || fail "no reload"
}

test_reloads() {
	[ "$(count_log '^notice reloaded')" -gt "$1" ]
}

# acceptor SERVICE: the pids of its acceptors, the youngest last (its pid may be
# lower: pids wrap around), also of those that drain.  They lead sessions of
# their own; what they have left to main does not.
acceptor() {
	ps -o pid=,sid=,args= --sort start_time --ppid "$PID" | awk -v title="$1" '
		$1 == $2 && $3 == "tined-acceptor:" && $4 == title {
			print $1
			n++
		}
		END { exit n == 0 }'
}

# new_acceptor SERVICE PID: whether it has another acceptor than that one.
new_acceptor() {
	local now
	now=$(acceptor "$1") && [ "$now" != "$2" ]
}

# gone PID: whether it has ended, reaped or not.
gone() {
	local state
	state=$(ps -o state= -p "$1") || return 0
	[ "${state# }" = Z ]
}

# talk ADDRESS: opens a connection of this shell to a TCP address of 127.0.0.1.
# Sets TALK, its descriptor.
talk() {
	exec {TALK}<>"/dev/tcp/$(host "$1")/$(port "$1")" ||
		fail "no connection to $1"
}

# say FD LINE: sends a line and prints the one that comes back.
say() {
	local reply
	echo "$2" >&"$1"
	IFS= read -r -t 10 reply <&"$1" && echo "$reply"
}
