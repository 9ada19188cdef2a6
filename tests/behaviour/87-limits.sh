#!/bin/bash
# Goal of this test: per_source applies to an address, a network or a user;
# connections above it get the message, are counted in the log, and are served
# when there is room again.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/programs.sh"
. "$(dirname "$0")/../lib/crowd.sh"
require socat python3

message="@ERROR: too many, sorry"
start_conf <<END
defaults { listen = {"127.0.0.1:0"} builtin = echo }
service source { per_source = 2 refuse_message = "$message\n" }
service prefix { per_source = 2 source_prefix_v4 = 24 }
service six {
	listen = {"[::1]:0"}
	per_source = 2
}
service unix { listen = {"unix:$tmp/unix"} per_source = 2 }
service all {
	listen = {"127.0.0.1:0", "[::1]:0", "unix:$tmp/all"}
	per_source = 2
}
END
# answered FILE: what hold says, once all have an answer.
check() {
	same "$1" "$2" "$(held "$3")"
}

# A source is an address, a network of it, or a user.
hold "$tmp/source" 5 "$ADDR_source"
check "five of two from a source" "served=2 closed=3 waiting=0" "$tmp/source"
same "the message" "$message" "$(sed 's/.* text=//' "$tmp/source")"
first=$HOLD_PID
SOURCE=127.0.0.2 hold "$tmp/source2" 3 "$ADDR_source"
check "another source" "served=2 closed=1 waiting=0" "$tmp/source2"
release "$first"
release "$HOLD_PID"
SOURCE=127.0.0.7 hold "$tmp/prefix" 1 "$ADDR_prefix"
first=$HOLD_PID
SOURCE=127.0.0.8 hold "$tmp/prefix" 3 "$ADDR_prefix"
check "the same network" "served=1 closed=2 waiting=0" "$tmp/prefix"
second=$HOLD_PID
SOURCE=127.0.1.8 hold "$tmp/prefix" 3 "$ADDR_prefix"
check "another network" "served=2 closed=1 waiting=0" "$tmp/prefix"
release "$first"
release "$second"
release "$HOLD_PID"
hold "$tmp/six" 4 "$ADDR_six"
check "IPv6" "served=2 closed=2 waiting=0" "$tmp/six"
release "$HOLD_PID"
hold "$tmp/unix.held" 4 "$ADDR_unix"
check "a user" "served=2 closed=2 waiting=0" "$tmp/unix.held"
if [ "$(id -u)" -eq 0 ]; then
	first=$HOLD_PID
	same "another user" hello "$(echo hello |
	    setpriv --reuid 65534 --clear-groups timeout 10 \
		socat - "UNIX-CONNECT:$tmp/unix")"
	HOLD_PID=$first
fi
release "$HOLD_PID"
wait_for_log '^notice refused service=unix reason=per_source peer=uid:'

# Sources of different families are counted apart.
hold "$tmp/all4" 3 "$ADDR_all"
check "IPv4 of several" "served=2 closed=1 waiting=0" "$tmp/all4"
first=$HOLD_PID
hold "$tmp/all6" 3 "$(addresses all | sed -n 2p)"
check "IPv6 of several" "served=2 closed=1 waiting=0" "$tmp/all6"
second=$HOLD_PID
hold "$tmp/allu" 3 "unix:$tmp/all"
check "a user of several" "served=2 closed=1 waiting=0" "$tmp/allu"
for pid in "$HOLD_PID" "$first" "$second"; do
	release "$pid"
done
wait_until 10 sessions_are all 0 || fail "the places are not free"

# At most a line a second, which counts all.
all_counted() {
	[ "$(untimed | awk '/^notice refused service=source / {
		n += / peer=/
		if (match($0, /not_shown=[0-9]+/))
			n += substr($0, RSTART + 10, RLENGTH - 10)
	} END { print n + 0 }')" -eq 4 ]
}
wait_until 10 all_counted || fail "not all refusals are counted in the log"
wait_until 10 sessions_are source 0 || fail "the places are not free"
same "after that" again "$(echo again | ask "$ADDR_source")"
stop_tined

# One connection after the other is one at a time.
start_tined -o per_source=8 -l 127.0.0.1:0 -s echo
JOBS=1 start_load "$tmp/load" "$ADDR_echo"
many() {
	[ "$(state echo started)" -ge 500 ]
}
wait_until 20 many || fail "too slow"
end_load
same "the failures of one after the other" 0 "$FAILED"
stop_tined
