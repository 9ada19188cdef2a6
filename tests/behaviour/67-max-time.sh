#!/bin/bash
# Goal of this test: max_time ends built-ins and whole process groups, also of
# those that ignore it, have left their group, or whose leader has died.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
require socat python3

program() {
	cat >"$tmp/$1" && chmod 0755 "$tmp/$1"
}
program stubborn <<'END'
#!/bin/sh
trap '' TERM
sleep 1000 &
echo $!
wait; wait; sleep 1000
END
program childish <<'END'
#!/bin/sh
sh -c 'trap "" TERM; echo $$; exec sleep 1000' &
wait
END
program runaway <<'END'
#!/usr/bin/python3 -SEB
import os, signal, time
child = os.fork()
if child == 0:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(1000)
os.setpgid(0, os.getppid())
os.write(1, b"%d\n" % child)
time.sleep(1000)
END
program parent <<'END'
#!/bin/sh
sleep 3 &
echo $!
END
conf=$(config <<END
defaults { listen = {"127.0.0.1:0"} max_time = 300ms }
service echo { builtin = echo }
service long { builtin = echo max_time = none }
service stubborn { exec = {"$tmp/stubborn"} }
service childish { exec = {"$tmp/childish"} }
service runaway { exec = {"$tmp/runaway"} }
service parent { exec = {"$tmp/parent"} max_time = 1s }
END
)
start_tined -c "$conf"

# first SERVICE: connects and prints the first line.
declare -A child
first() {
	local address=ADDR_$1
	talk "${!address}"
	read -r -t 10 "child[$1]" <&"$TALK" || fail "$1 says nothing"
}
talk "$ADDR_long"
long=$TALK
start=$(now_ms)
first stubborn
first childish
first runaway
first parent
talk "$ADDR_echo"
same "echo" hi "$(say "$TALK" hi)"
reply=
IFS= read -r -t 10 reply <&"$TALK"
same "echo at its end" "" "$reply"

reason="reason=max_time"
wait_for_ends 1 "service=echo .*signal=15 $reason" 5
wait_for_ends 1 "service=childish .*signal=15 $reason" 5
wait_until 2 dead "${child[childish]}" ||
	fail "what ignores TERM outlives its leader"
wait_for_ends 1 "service=runaway .*signal=15 $reason" 5
wait_until 2 dead "${child[runaway]}" || fail "the group that was left lives"

# What a program leaves behind is no session.
wait_for_ends 1 "service=parent .*exit=0" 5
same "sessions" 0 "$(state parent sessions)"
alive "${child[parent]}" || fail "what a program left behind was ended"

alive "${child[stubborn]}" || fail "killed without the 5 s"
wait_for_ends 1 "service=stubborn .*signal=9 $reason"
ms=$(($(now_ms) - start))
[ "$ms" -ge 5300 ] || fail "killed after $ms ms"
wait_until 2 dead "${child[stubborn]}" || fail "its child lives"
same "without max_time" still "$(say "$long" still)"

# It was reaped, by main.
wait_until 5 dead "${child[parent]}" || fail "parent's child lives"
pgrep -r Z -P "$PID" && fail "zombies are left"
exec {long}>&-
stop_tined
same "ends" 1 "$(count_log '^info end service=parent ')"
