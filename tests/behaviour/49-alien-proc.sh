#!/bin/bash
# Goal of this test: where /proc does not list the children of main and of the
# acceptor, as it is that of another namespace of pids, ends are found all the
# same: of sessions, of an acceptor, of sessions that main has adopted, and of
# what programs have left behind.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
require socat unshare
require_root
in_namespaces --pid --fork --kill-child --net

# The pids of /proc are those of another namespace: nothing here can look for a
# process by its pid.  What is left ends with the namespace.
start_tined -o stderr=null -l 127.0.0.1:0 -- /bin/sh -c \
    'echo $PPID; sleep 0.1 </dev/null >/dev/null 2>&1 & exec cat'
daemons=()
finally "kill -KILL $PID 2>/dev/null"
acceptors=()
for n in 1 2 3 4; do
	talk "$ADDR_sh"
	talks[n]=$TALK
	read -r -t 10 "acceptors[n]" <&"$TALK" || fail "the program says nothing"
	same "the program" "$n" "$(say "$TALK" "$n")"
done
TALK=${talks[1]}
exec {TALK}>&-
wait_for_log '^info end service=sh id=1 '
kill -KILL "${acceptors[1]}"
wait_for_log "^error restarted service=sh pid=${acceptors[1]} "
for n in 2 3 4; do
	same "adopted" "$n again" "$(say "${talks[n]}" "$n again")"
	TALK=${talks[n]}
	exec {TALK}>&-
	wait_for_log "^info end service=sh id=$n "
done
same "the next acceptor" again "$(echo again | ask "$ADDR_sh" | tail -n 1)"
wait_for_log '^info end service=sh id=5 '
same "sessions" 0 "$(state sh sessions)"
stop_tined
