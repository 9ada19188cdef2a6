#!/bin/bash
# Goal of this test: what a service's processes share to count their sessions is
# as large as its instances need, grows with them, can be made neither shorter
# nor longer by any process but main, and is released; a session that was taken
# over cannot use more, nor longer than its acceptor lives.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
. "$(dirname "$0")/../lib/failure.sh"
require socat python3

# scoreboard SERVICE KEY: asks for it, as state does.
scoreboard() {
	local before
	before=$(count_log " scoreboard service=$1 ")
	kill -USR1 "$PID"
	wait_until 10 test_boards "$1" "$before" || fail "no scoreboard of $1"
	grep " scoreboard service=$1 " "$LOG" | tail -n 1 |
	    sed "s/.* $2=\([^ ]*\).*/\1/"
}
test_boards() {
	[ "$(count_log " scoreboard service=$1 ")" -gt "$2" ]
}
# is_less SERVICE BYTES: of memory.
is_less() {
	[ "$(scoreboard "$1" memory)" -lt "$2" ]
}
# board_fd PID SERVICE: its descriptors of that service's scoreboard, a line
# each.
board_fd() {
	find "/proc/$1/fd" -lname "/memfd:tined scoreboard $2 *" -printf '%f\n'
}
kib=1024
mib=$((1024 * kib))

conf=$(config </dev/null)
# configure INSTANCES
configure() {
	cat >"$conf" <<-END
	log_level = debug
	defaults { listen = {"127.0.0.1:0"} builtin = echo }
	service echo { instances = $1 per_source = $1 }
	service default { }
	END
}
configure 2
start_tined -c "$conf"

# As large as it must be.
most=$(scoreboard default memory_most)
echo "by default: $(scoreboard default memory) bytes, $most at most"
[ "$most" -le $((2 * mib)) ] || fail "$most bytes at most by default"
is_less default $((64 * kib)) || fail "an idle one takes memory"

# Only main has its descriptor; it cannot be made shorter, and no other user can
# open it.
fd=$(board_fd "$PID" echo)
[ -n "$fd" ] || fail "main has no scoreboard of echo"
same "its mode" 600 "$(stat -L -c %a "/proc/$PID/fd/$fd")"
hold "$tmp/held" 2 "$ADDR_echo"
first=$HOLD_PID
same "up to instances" "served=2 closed=0 waiting=0" "$(held "$tmp/held")"
acceptor=$(acceptor echo)
session=$(pgrep -P "$acceptor" | head -n 1)
for pid in "$acceptor" "$session"; do
	same "descriptors of $pid" "" "$(board_fd "$pid" echo)"
	grep -q '^[0-9a-f-]* rw-s .*/memfd:tined scoreboard echo' "/proc/$pid/maps" ||
		fail "$pid has no scoreboard"
done
if [ -r "/proc/$PID/fd/$fd" ]; then
	same "what can be done to its length" "shrink EPERM seal EPERM" \
	    "$(python3 - "/proc/$PID/fd/$fd" <<'END'
import errno, fcntl, os, sys
fd = os.open(sys.argv[1], os.O_RDWR)
said = []
for what, call in (("shrink", lambda: os.ftruncate(fd, 4096)),
                   ("seal", lambda: fcntl.fcntl(fd, 1033, 4))):  # GROW
    try:
        call()
        said += [what, "done"]
    except OSError as e:
        said += [what, errno.errorcode[e.errno]]
print(*said)
END
	)"
fi

# It grows with instances; sessions from before and new ones count together.
before=$(scoreboard echo memory_most)
configure 300
reload
hold "$tmp/more" 300 "$ADDR_echo"
more=$HOLD_PID
same "300 instances, 2 of them from before" "served=298 closed=0 waiting=2" \
    "$(held "$tmp/more")"
configure 60000
reload
WAIT=1 hold "$tmp/most" 10 "$ADDR_echo"
same "60000 instances" "served=10 closed=0 waiting=0" "$(held "$tmp/most")"
largest=$(scoreboard echo memory_most)
echo "2 instances: $before bytes at most; 60,000: $largest"
[ "$largest" -gt $((8 * mib)) ] || fail "it has not grown: $largest"
is_less echo $((512 * kib)) || fail "it takes $(scoreboard echo memory) bytes"
release "$HOLD_PID"
release "$more"
release "$first"
wait_until 20 sessions_are echo 0 || fail "sessions are left"
is_less echo $((512 * kib)) || fail "it takes $(scoreboard echo memory) bytes"

# A session that was taken over writes to all of it.
require_sandbox
[ "$(uname -m)" = x86_64 ] || skip "the registers are x86-64's"
[ "$(id -u)" -eq 0 ] || skip "only root can do a session's calls for it"
for service in default echo; do
	address=ADDR_$service
	talk "${!address}"
	same "$service" hi "$(say "$TALK" hi)"
	acceptor=$(acceptor "$service")
	session=$(pgrep -P "$acceptor")
	bytes=$(intrude scribble "$session" board 5)
	most=$(scoreboard "$service" memory_most)
	echo "$service: a session has written $bytes bytes of at most $most"
	[ "$bytes" -le "$most" ] || fail "a session has $bytes bytes of $most"
	[ "$bytes" -gt $((most / 2)) ] || fail "only $bytes bytes were written"
	# Its acceptor may have died of it, no other one.
	kill -KILL "$acceptor" 2>/dev/null
	wait_until 20 new_acceptor "$service" "$acceptor" ||
		fail "$service: no new acceptor"
	# Main has the session now, and its slots as long as it lives.
	exec {TALK}>&-
	wait_until 20 is_less "$service" $((512 * kib)) ||
		fail "$service: $(scoreboard "$service" memory) bytes are kept"
	exec {TALK}>&-
	answers() {
		[ "$(echo hi | ask "${!address}" 5 2>/dev/null)" = hi ]
	}
	wait_until 20 answers || fail "$service does not come back"
done
stop_tined
