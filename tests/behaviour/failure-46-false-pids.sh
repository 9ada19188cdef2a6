#!/bin/bash
# Failure case 46: a session that was taken over writes the pids of others into
# its slot, its time is over, and its acceptor is killed: main signals none of
# them.  Those that are main's own children are what another service's programs
# have left behind.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/programs.sh"
. "$(dirname "$0")/../lib/crowd.sh"
. "$(dirname "$0")/../lib/failure.sh"
require socat python3
require_root
require_sandbox
[ "$(uname -m)" = x86_64 ] || skip "the registers are x86-64's"
storm_program

sleep 1000 &
foreign=$!
record "$foreign"
# A program that has left the session of its acceptor.
apart=$(program apart <<'END'
#!/usr/bin/python3 -SEB
import os, time
os.setpgid(0, os.getppid())
os.setsid()
os.write(1, b"%d\n" % os.getpid())
time.sleep(100)
END
)
start_conf <<END
defaults { listen = {"127.0.0.1:0"} }
service other { exec = {"$tmp/storm"} }
service stays { exec = {"$tmp/storm"} }
service liar { builtin = echo max_time = 4s }
service apart { exec = {"$apart"} max_time = 4s }
END
leaders=()
end_all() {
	local leader
	for leader in "${leaders[@]}"; do
		kill -KILL -- "-$leader" 2>/dev/null
	done
}
finally end_all

# killed SERVICE: kills its acceptor, and waits until there is another.
killed() {
	local old
	old=$(acceptor "$1")
	kill -KILL "$old"
	wait_until 30 new_acceptor "$1" "$old" || fail "$1: no restart"
}

# Main's own children: some in one group, some in sessions of their own, and a
# session that it has adopted.
for line in "leave 3" "stray 2"; do
	leader=$(echo "$line" | ask "$ADDR_other")
	leaders+=("$leader")
done
talk "$ADDR_stays"
stays=$TALK
adopted=$(say "$stays" "leave 1 1")
leaders+=("$adopted")
mapfile -t victims < <(pgrep -P "$(acceptor other)" -x storm)
victims+=("$adopted" "$foreign")
same "the victims" 7 "${#victims[@]}"
killed other
killed stays
for pid in "${victims[@]}"; do
	record "$pid"
	[ "$pid" = "$foreign" ] ||
		same "the parent of $pid" "$PID" \
		    "$(ps -o ppid= -p "$pid" | tr -d ' ')"
done

# Main cannot distinguish it from another service's leftovers: a victim, too.
talk "$ADDR_apart"
held=("$TALK")
read -r -t 10 pid <&"$TALK" || fail "the program says nothing"
record "$pid"
victims+=("$pid")
killed apart

# One liar for each of them, and one who says nothing false.
for pid in "${victims[@]}"; do
	talk "$ADDR_liar"
	held+=("$TALK")
	same "the liar" hi "$(say "$TALK" hi)"
	session=$(pgrep -n -P "$(acceptor liar)") || fail "no session"
	n=$(intrude replace "$session" board "$session" "$pid") ||
		fail "no intrusion"
	[ "$n" -gt 0 ] || fail "its pid is not in the scoreboard"
done
talk "$ADDR_liar"
held+=("$TALK")
same "the honest one" hi "$(say "$TALK" hi)"
honest=$(pgrep -n -P "$(acceptor liar)")
killed liar

# Past their time, and past the 5 s after which one is killed.
wait_for_log "^info end service=liar .*pid=$honest .*reason=max_time" 30
start=$(now_ms)
past() {
	for pid in "${victims[@]}"; do
		recorded "$pid" || fail "$pid was signalled"
	done
	[ "$(now_ms)" -gt $((start + 6000)) ]
}
wait_until 20 past || fail "the clock stands still"
same "the adopted one" 0 "$(count_log "^info end .*pid=$adopted ")"
# That they could not be taken over is counted.
for service in liar apart; do
	wait_until 10 has_lines 1 "^warning lost service=$service records=" ||
		fail "$service: what was lost is not said"
done
exec {stays}>&-
wait_for_log "^info end service=stays .*pid=$adopted .*exit=0"

kill -TERM "$PID"
wait_exit "$PID" 60 || fail "it exits with $?"
for pid in "${victims[@]}"; do
	[ "$pid" = "$adopted" ] || recorded "$pid" ||
		fail "$pid was signalled by the stop"
done
exit 0
