#!/bin/bash
# Goal of this test: max_time ends built-ins and programs with their whole
# process group, also where they ignore TERM, have left their group, or their
# leader has died; KILL follows after 5 s.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/programs.sh"
. "$(dirname "$0")/../lib/crowd.sh"
require socat python3

ignores=$(program ignores <<'END'
#!/bin/sh
trap '' TERM
sleep 1000 &
echo $!
while :; do
	wait
done
END
)
# Its leader ends at TERM; the rest of the group ignores that and holds the
# connection.
orphans=$(program orphans <<'END'
#!/bin/bash
(trap '' TERM; sleep 1000; sleep 1000) &
echo $!
trap 'exit 3' TERM
while :; do
	wait
done
END
)
runaway=$(program runaway <<'END'
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
)
obeys=$(program obeys <<'END'
#!/bin/sh
trap 'echo goodbye; exit 7' TERM
echo hello
while :; do
	sleep 0.1
done
END
)
start_conf <<END
defaults { listen = {"127.0.0.1:0"} instances = 1 max_time = 500ms }
service echo { builtin = echo }
service long { builtin = echo max_time = none }
service ignores { exec = {"$ignores"} }
service orphans { exec = {"$orphans"} }
service runaway { exec = {"$runaway"} }
service obeys { exec = {"$obeys"} }
END

# All at once: each takes its time.
talk "$ADDR_long"
long=$TALK
declare -A line=()
for service in ignores orphans runaway obeys; do
	address=ADDR_$service
	talk "${!address}"
	read -r -t 10 "line[$service]" <&"$TALK" || fail "$service says nothing"
	eval "$service=\$TALK"
done
talk "$ADDR_echo"
same "echo" hi "$(say "$TALK" hi)"
reply=
IFS= read -r -t 10 reply <&"$TALK"
same "echo at its end" "" "$reply"

# over SERVICE HOW: with what remains of its group.
over() {
	wait_for_ends 1 "service=$1 .*$2 reason=max_time"
	between "$1: milliseconds" "$3" "$(end_of "service=$1" ms)" 20000
	[[ ${line[$1]-none} != [0-9]* ]] ||
		wait_until 2 dead "${line[$1]}" || fail "$1: the group lives"
}
over echo signal=15 500
over orphans exit=3 500
over runaway signal=15 500
over obeys exit=7 500
same "what one says that obeys" "hello goodbye" \
    "${line[obeys]} $(timeout 10 cat <&"$obeys")"
alive "${line[ignores]}" || fail "killed without the 5 s"
over ignores signal=9 5500

# Its place is free again, and who has no max_time is still there.
same "another" "hello
goodbye" "$(ask "$ADDR_obeys" </dev/null)"
same "without max_time" still "$(say "$long" still)"
exec {long}>&-
stop_tined
