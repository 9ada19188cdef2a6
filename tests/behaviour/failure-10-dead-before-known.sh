#!/bin/bash
# Failure case 10: a session is dead before the acceptor has stored its pid: its
# slot is free again, and its end is logged.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
. "$(dirname "$0")/../lib/failure.sh"
require socat strace

# A slot or a place of its source that were lost would block the next one.
conf=$(config <<END
defaults {
	listen = {"127.0.0.1:0"}
	instances = 1
	per_source = 1
	when_full = refuse
}
service echo { builtin = echo }
service true { exec = {"/bin/true"} }
service missing { exec = {"$tmp/missing"} }
END
)
ln -s /bin/true "$tmp/missing"
start_tined -c "$conf"
rm "$tmp/missing"
remember

# early SERVICE STATUS
early() {
	local address=ADDR_$1 pid n
	pid=$(acceptor "$1")
	# The child is not traced: it ends while strace holds its parent.
	inject "$pid" "clone,fork,vfork,clone3:delay_exit=100000"
	for n in {1..10}; do
		(exec 3<>"/dev/tcp/127.0.0.1/$(port "${!address}")")
		wait_for_ends "$n" "service=$1 "
		wait_until 10 sessions_are "$1" 0 || fail "$1: the slot is lost"
	done
	eject
	[ "$(injected)" -ge 10 ] || fail "$1: $(injected) forks"
	same "$1: the ends" 10 "$(count_log "^info end service=$1 .*$2")"
	same "$1: the refused" 0 "$(state "$1" refused)"
	same "$1: started and ended" "10 10" \
	    "$(state "$1" started) $(state "$1" ended)"
	pids=$(untimed |
	    sed -n "s/^info end service=$1 .* pid=\([0-9]*\) .*/\1/p" |
	    sort -u | wc -l)
	same "$1: the pids in the log" 10 "$pids"
}
early echo exit=0
early true exit=0
early missing exit=127
echoes "$ADDR_echo" "afterwards"
unchanged
stop_tined
