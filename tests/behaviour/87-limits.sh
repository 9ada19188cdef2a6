#!/bin/bash
# Goal of this test: instances and per_source hold: connections above wait or
# are refused with a message, and are served when there is room again.
# shellcheck source=../lib/behaviour.sh
. "$(dirname "$0")/../lib/behaviour.sh"
# shellcheck source=../lib/programs.sh
. "$(dirname "$0")/../lib/programs.sh"
# shellcheck source=../lib/crowd.sh
. "$(dirname "$0")/../lib/crowd.sh"
require socat python3

message="@ERROR: too many, sorry"
conf=$(config <<END
defaults { listen = {"127.0.0.1:0"} builtin = echo }
service queue { instances = 3 }
service refuse {
	instances = 3
	when_full = refuse
	refuse_message = "$message\n"
}
service programs {
	builtin = none
	exec = {"/bin/cat"}
	instances = 3
	when_full = refuse
}
service source { per_source = 2 refuse_message = "$message\n" }
service prefix { per_source = 2 source_prefix_v4 = 24 }
service six {
	listen = {"[::1]:0"}
	per_source = 2
}
service unix { listen = {"unix:$tmp/unix"} per_source = 2 }
service many { instances = 2 when_full = refuse refuse_message = "$message\n" }
END
)
start_tined -c "$conf"
# answered FILE: what hold says, once all have an answer.
check() {
	same "$1" "$2" "$(held "$3")"
}

# Full: the others wait, and are served when somebody leaves.
WAIT=1 hold "$tmp/queue" 5 "$ADDR_queue"
check "five of three" "served=3 closed=0 waiting=2" "$tmp/queue"
same "sessions" 3 "$(state queue sessions)"
same "refused" 0 "$(state queue refused)"
ask "$ADDR_queue" 20 <<<"late" >"$tmp/late" &
late=$!
release "$HOLD_PID"
wait "$late"
same "one that waited" late "$(cat "$tmp/late")"
wait_until 10 sessions_are queue 0 || fail "the places are not free"

# Full: the others are told.
for service in refuse programs; do
	address=ADDR_$service
	hold "$tmp/$service" 5 "${!address}"
	check "five of three" "served=3 closed=2 waiting=0" "$tmp/$service"
	wait_for_log "^notice refused service=$service reason=instances peer="
	same "refused" 2 "$(state $service refused)"
	[ $service = programs ] ||
		same "the message" "$message" \
		    "$(sed 's/.* text=//' "$tmp/$service")"
	release "$HOLD_PID"
	wait_until 10 sessions_are $service 0 || fail "the places are not free"
	same "after that" again "$(echo again | ask "${!address}")"
done

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

# Whoever is refused has the whole message, however much it sends meanwhile;
# five hundred of them do no harm, and the log tells of them once a second.
hold "$tmp/many" 2 "$ADDR_many"
cat >"$tmp/senders.py" <<'END'
import socket, sys
host, port = sys.argv[1].rsplit(":", 1)
bad = 0
for n in range(500):
    s = socket.create_connection((host, int(port)), 10)
    got = b""
    try:
        s.setblocking(False)
        try:
            s.send(b"x" * 100000)
        except BlockingIOError:
            pass
        s.setblocking(True)
        s.settimeout(10)
        while data := s.recv(1000):
            got += data
            try:
                s.send(b"x" * 1000, socket.MSG_DONTWAIT)
            except BlockingIOError:
                pass
    except OSError as e:
        got += str(e).encode()
    if got != sys.argv[2].encode() + b"\n":
        bad += 1
        print(got)
    s.close()
print("bad", bad)
END
from=$(now_ms)
same "senders" "bad 0" "$(timeout 60 python3 "$tmp/senders.py" "$ADDR_many" \
    "$message" | tail -n 3)"
n=$(count_log '^notice refused service=many ')
[ "$n" -le $((($(now_ms) - from) / 1000 + 2)) ] || fail "$n lines in the log"
all_told() {
	[ "$(awk '/^notice refused service=many / {
		n += / peer=/
		if (match($0, /not_shown=[0-9]+/))
			n += substr($0, RSTART + 10, RLENGTH - 10)
	} END { print n + 0 }' "$LOG")" -eq 500 ]
}
wait_until 10 all_told || fail "not all refusals are counted in the log"
release "$HOLD_PID"
same "after that" again "$(echo again | ask "$ADDR_many")"
stop_tined
exit 0
