#!/bin/bash
# Failure case 7: a thousand clients that reset, and a thousand that close, at
# once: no log line, no zombie, and one cheap fork each.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
. "$(dirname "$0")/../lib/failure.sh"
require python3 strace

start_conf <<END
defaults { listen = {"127.0.0.1:0"} per_source = 1000 }
service chargen { builtin = chargen }
service echo { builtin = echo }
service cat { exec = {"/bin/cat"} }
END
remember
lines=$(messages)

# rude HOW COUNT ADDRESS
rude() {
	timeout 60 python3 - "$@" <<'END' || fail "the clients, see above"
import socket, struct, sys
host, port = sys.argv[3].rsplit(":", 1)
for _ in range(int(sys.argv[2])):
    s = socket.create_connection((host, int(port)), 10)
    if sys.argv[1] == "reset":
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                     struct.pack("ii", 1, 0))
    s.close()
END
}
# spent PID: its processor time and that of its dead children, in ms.
spent() {
	awk '{ print ($14 + $15 + $16 + $17) * 10 }' < <(
		sed 's/(.*)/x/' "/proc/$1/stat")
}
# all_ended SERVICE COUNT: so many of its sessions have ended by now.
all_ended() {
	[ "$(count_log "^info end service=$1 ")" -eq "$2" ]
}
# checks SERVICE HOW COUNT
checks() {
	local address=ADDR_$1 pid before each started ended
	pid=$(acceptor "$1")
	started=$(state "$1" started)
	ended=$(count_log "^info end service=$1 ")
	before=$(spent "$pid")
	rude "$2" "$3" "${!address}"
	wait_until 20 all_ended "$1" $((ended + $3)) ||
		fail "$1, $2: $(count_log "^info end service=$1 ") ends"
	each=$((($(spent "$pid") - before) * 1000 / $3))
	echo "$1, $2: $each us of processor time each"
	[ "$WIDE_SANDBOX" != 0 ] || [ "$each" -le 2000 ] ||
		fail "$1, $2: that is not cheap"
	same "$1, $2: forks" $((started + $3)) "$(state "$1" started)"
}
checks echo close 1000
checks echo reset 1000
checks chargen reset 200
checks cat close 200
same "lines of the log" "$lines" "$(messages)"
same "ends by a signal" 0 "$(count_log '^info end .* signal=')"
unchanged

# One fork, and only one, for each.
ended=$(count_log '^info end service=echo ')
inject "$(acceptor echo)" "clone,fork,vfork,clone3:delay_exit=1"
rude close 50 "$ADDR_echo"
wait_until 20 all_ended echo $((ended + 50)) ||
	fail "$(count_log '^info end service=echo ') ends, not $((ended + 50))"
eject
same "calls that fork" 50 "$(grep -c '(' "$tmp/trace")"
unchanged
stop_tined
