#!/bin/bash
# Failure case 8: every second fork fails: those clients are closed cleanly, the
# counters are right, and the log names the limits once a second.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
. "$(dirname "$0")/../lib/failure.sh"
require socat python3 strace

start_conf <<END
service echo { listen = {"127.0.0.1:0"} builtin = echo }
service cat { listen = {"127.0.0.1:0"} exec = {"/bin/cat"} }
END
remember

# halves SERVICE ADDRESS ERROR: every second fork fails.
halves() {
	local pid refused pattern start before lines ms
	pid=$(acceptor "$1")
	refused=$(state "$1" refused)
	lines=$(count_log '^warning fork ')
	start=$(now_ms)
	inject "$pid" "clone,fork,vfork,clone3:error=$3:when=1+2"
	before=$(cpu_ms "$pid")
	WAIT=10 hold "$tmp/held" 10 "$2"
	same "$1, $3" "served=5 closed=5 waiting=0 text=" "$(cat "$tmp/held")"
	eject
	same "$1, $3: injected" 5 "$(injected)"
	pattern="^warning fork service=$1 call=fork msg=\".*\" "
	pattern+='limit="RLIMIT_NPROC, kernel.threads-max, kernel.pid_max, pids.max"'
	wait_for_log "$pattern"
	wait_for_log "^notice refused service=$1 reason=fork"
	same "$1's sessions" 5 "$(state "$1" sessions)"
	same "$1's refused" $((refused + 5)) "$(state "$1" refused)"
	release "$HOLD_PID"
	unchanged
	cheap "$1, $3" "$before" "$(cpu_ms "$pid")" 200
	echoes "$2" "again, of $1"
	ms=$(($(now_ms) - start))
	lines=$(($(count_log '^warning fork ') - lines))
	[ "$lines" -le $((ms / 1000 + 1)) ] || fail "$lines lines in $ms ms"
}
halves echo "$ADDR_echo" EAGAIN
halves echo "$ADDR_echo" ENOMEM
halves cat "$ADDR_cat" EAGAIN
halves cat "$ADDR_cat" ENOMEM
unchanged
stop_tined
