#!/bin/bash
# Goal of this test: with leftovers = end what a program leaves behind ends with
# its session, wherever it has gone, and nothing else does; with leftovers =
# keep it is left alone, but max_time applies to the group of its session.
export TMPDIR=/var/tmp	# the strict sandbox has a /tmp of its own
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/programs.sh"
. "$(dirname "$0")/../lib/crowd.sh"
. "$(dirname "$0")/../lib/failure.sh"
require socat python3
storm_program
[ -r /proc/thread-self/children ] || skip "the kernel does not list children"

# Its leader ends at once; the rest of the group holds the connection.
holds=$(program holds <<'END'
#!/bin/sh
sleep 300 &
echo $!
setsid sleep 300 >/dev/null 2>&1 </dev/null &
echo $!
(trap '' TERM; sleep 300) >/dev/null 2>&1 </dev/null &
echo $!
END
)
start_conf <<END
drain_timeout = 2s
defaults { listen = {"127.0.0.1:0"} }
service end { exec = {"$tmp/storm"} leftovers = end }
service strict { exec = {"$tmp/storm"} leftovers = end sandbox = strict }
service keep { exec = {"$tmp/storm"} }
service timed { exec = {"$holds"} max_time = 3s }
service holds { exec = {"$holds"} }
END

# begin ADDRESS LINE: a client that stays connected; its program does what LINE
# says.  Sets TALK and SESSION.
begin() {
	talk "$1"
	SESSION=$(say "$TALK" "$2")
	[ -n "$SESSION" ] || fail "no answer to $2"
}
# left_to PARENT: the pids of its children that run the program, one a line.
left_to() {
	pgrep -P "$1" -x storm | sort
}
left() {
	[ "$(left_to "$1" | wc -l)" -eq "$2" ]
}

# max_time ends the group that a session has left behind, and with it what the
# client is held by; not what has left the group.  That takes 8 s, beside the
# rest.
begin_ms=$(now_ms)
talk "$ADDR_holds"
forever=$TALK
talk "$ADDR_timed"
timed=$TALK
for pid in group apart ignores; do
	read -r -t 10 "${pid?}" <&"$timed" || fail "the program says nothing"
done
record "$apart"
wait_for_ends 1 'service=timed .*exit=0'
alive "$group" || fail "it was ended with its session"
{
	timeout 30 cat <&"$timed"
	now_ms
	wait_until 30 dead "$ignores"
	now_ms
} >"$tmp/times" &
watching=$!

for service in end strict; do
	address=ADDR_$service
	acceptor=$(acceptor $service)

	# Leftovers in its group: with the session.
	begin "${!address}" "leave 5 1"
	session=$TALK
	wait_until 10 left "$acceptor" 6 || fail "nothing is left: $(left_to "$acceptor")"
	exec {session}>&-
	wait_until 10 left "$acceptor" 0 || fail "the group lives"

	# In sessions of their own: as soon as no older session runs.
	begin "${!address}" "stray 4 1"
	older=$TALK
	older_session=$SESSION
	wait_until 10 left "$acceptor" 5 || fail "nothing is left"
	strays=$(left_to "$acceptor" | grep -vx "$older_session")
	# A session that begins before they are counted would delay them, too.
	wait_until 10 leftovers_are $service 4 ||
		fail "$(state $service leftovers) are left, not 4"
	begin "${!address}" "stray 3 1"
	younger=$TALK
	wait_until 10 left "$acceptor" 9 || fail "nothing is left"
	# The end of another session does not end them.
	ended=$(count_log "^info end service=$service ")
	begin "${!address}" "leave 2"
	exec {TALK}>&-
	wait_until 10 has_lines $((ended + 1)) "^info end service=$service " ||
		fail "it does not end"
	wait_until 10 leftovers_are $service 7 ||
		fail "$(state $service leftovers) are left, not 7"
	for pid in $strays; do
		alive "$pid" || fail "$pid was ended before its session"
	done
	exec {older}>&-
	for pid in $strays; do
		wait_until 10 dead "$pid" || fail "$pid outlives its session"
	done
	left "$acceptor" 4 || fail "the younger one's are gone, too"
	exec {younger}>&-
	wait_until 10 left "$acceptor" 0 || fail "the younger one's live"
	wait_until 10 leftovers_are $service 0 || fail "they are counted"

	# Those of a session that main has adopted: its group.
	begin "${!address}" "leave 5 1"
	session=$SESSION
	kill -KILL "$acceptor"
	wait_until 20 new_acceptor $service "$acceptor" || fail "no restart"
	left "$PID" 6 || fail "main has not got them: $(left_to "$PID")"
	exec {TALK}>&-
	wait_until 10 left "$PID" 0 || fail "the group lives"
	wait_for_log "^info end service=$service .* pid=$session .*exit=0"
done

# Otherwise they are kept.
begin "$ADDR_keep" "leave 3"
kept=$TALK
wait_for_ends 1 'service=keep .*exit=0'
begin "$ADDR_keep" "stray 2"
wait_for_ends 2 'service=keep .*exit=0'
wait_until 10 leftovers_are keep 5 || fail "$(state keep leftovers), not 5"
exec {kept}>&-

# The group that was left 8 s ago: max_time, and the KILL after TERM.
wait "$watching"
{ read -r closed && read -r killed; } <"$tmp/times"
between "max_time of what is left" 3000 $((closed - begin_ms)) 8000
[ $((killed - begin_ms)) -ge 8000 ] ||
	fail "killed after $((killed - begin_ms)) ms"
dead "$group" || fail "the group lives after max_time"
alive "$apart" || fail "what has left the group was ended"
for pid in group apart ignores; do
	read -r -t 10 "${pid?}" <&"$forever" || fail "the program says nothing"
	record "${!pid}"
	alive "${!pid}" || fail "$pid was ended without max_time"
done
wait_until 10 no_zombies || fail "$(zombies) zombies"

# A stop ends what is to end with its session.
begin "$ADDR_end" "stray 4 1"
wait_until 10 left "$(acceptor end)" 5 || fail "nothing is left"
strays=$(left_to "$(acceptor end)")
kept=$(left_to "$(acceptor keep)")
for pid in $kept; do
	record "$pid"
done
stop_tined
for pid in $strays; do
	dead "$pid" || fail "$pid outlives the stop"
done
for pid in $kept; do
	alive "$pid" || fail "$pid was ended by the stop"
done
exit 0
