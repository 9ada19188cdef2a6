#!/bin/bash
# Goal of this test: tine ping counts what was answered, corrupt and lost
# correctly against a server that misbehaves, also by its exit status.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/client.sh"

# counts HOW SENT ANSWERED CORRUPT LOST: every third connection misbehaves.
counts() {
	peer "$1" 3 2000
	run "$TINE" ping -n -c 9 -i 0 -w 600ms "$PEER"
	expect "$1" 0
	says out "^$2 sent, $3 answered, $4 corrupt, $5 lost \\("
	end_peer
}

counts echo 9 9 0 0
counts early 9 6 3 0
counts wrong 9 6 3 0
counts more 9 6 3 0
counts mute 9 6 0 3
counts late 9 6 0 3
counts never 9 6 0 3
counts reset 9 6 0 3
counts close 9 6 0 3

# On one connection: after a failure a new one is made, and only then.
peer wrong 2
run "$TINE" ping -c 10 -i 0 "$PEER"
expect "one connection" 0
says out '^10 sent, 10 answered, 0 corrupt, 0 lost'
same "connections" 1 "$(grep -c connect= "$tmp/out")"
same "lines" 10 "$(grep -c ': seq=' "$tmp/out")"
says out '^answer min/avg/max/mdev = [0-9.]+/[0-9.]+/[0-9.]+/[0-9.]+ ms, p50/p90/p99 = [0-9.]+/[0-9.]+/[0-9.]+ ms$'
end_peer
peer ending
run "$TINE" ping -c 4 -i 0 "$PEER"
says out '^4 sent, 2 answered, 0 corrupt, 2 lost \(50%\)'
end_peer

# Nothing comes back: 1.
peer never
run "$TINE" ping -c 2 -i 0 -w 100ms "$PEER"
expect "never" 1
says out '^lost from .*: seq=1 read: Connection timed out$'
end_peer
run "$TINE" ping -c 2 -i 0 "$PEER"
expect "refused" 1
says out '^lost from .*: seq=2 connect: Connection refused$'
says out '^2 sent, 0 answered, 0 corrupt, 2 lost \(100%\)'

# An error of standard output: 1, too.
peer echo
"$TINE" ping -c 2 -i 0 "$PEER" >/dev/full 2>"$tmp/err"
same "a full device" 1 $?
says err '^tine: write standard output: No space left on device$'
end_peer

# Echoes larger than the buffers; lines; only connecting; until end of file.
peer echo
run "$TINE" ping -c 3 -i 0 -s 20M "$PEER"
expect "20 MB" 0
says out '^20971520 bytes from'
run "$TINE" ping -c 2 -i 0 -x PING "$PEER"
says out '^5 bytes from .*: seq=2 time='
run "$TINE" ping -c 2 -i 0 -s 0 "$PEER"
says out '^0 bytes from .*: seq=2 connect=[0-9.]+ ms$'
run "$TINE" ping -q -c 5 -i 0 "$PEER"
expect "-q" 0
same "lines with -q" 4 "$(grep -c . "$tmp/out")"
peer_at 0 ending
run "$TINE" ping -E -x bye -c 2 -i 0 "$PEER"
expect "-E" 0
says out '^4 bytes from .*: seq=2 connect=[0-9.]+ ms time='

# It ends after its duration, also while it waits for a reply, and at an
# interrupt.
before=$(now_ms)
run "$TINE" ping -d 300ms -i 10ms "$PEER"
took=$(($(now_ms) - before))
between "-d 300ms" 300 $took 3000
peer never
before=$(now_ms)
run "$TINE" ping -d 300ms "$PEER"
expect "-d before the answer" 1
[ $(($(now_ms) - before)) -lt 3000 ] || fail "-d waits for the answer"
says out '^0 sent'

peer echo
env --default-signal=INT "$TINE" ping -i 20ms "$PEER" >"$tmp/out" &
pid=$!
record $pid
wait_until 10 grep -q 'seq=3' "$tmp/out" || fail "no replies"
kill -INT $pid
wait_exit $pid 5 || fail "exit status after an interrupt: $?"
says out '0 lost \(0%\)'

# The interval is kept.
run "$TINE" ping -q -c 6 -i 100ms "$PEER"
says out 'time 5[0-9][0-9] ms$|time [6-9][0-9][0-9] ms$|time [1-9]\.[0-9]+ s$'
