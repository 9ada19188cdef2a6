#!/bin/bash
# Goal of this test: only_from and no_access decide as the manual says, before
# anything is forked, and --explain tells which line did.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
require socat python3

conf=$(config <<END
service lists {
	listen = {"127.0.0.1:0", "[::1]:0", "unix:$tmp/lists"}
	builtin = echo
	only_from = {"127.0.0.0/8",
	    "127.0.2.7", "127.0.3.3"}
	no_access = {"127.0.2.0/24",
	    "127.0.3.3"}
	refuse_message = "never sent\n"
}
service no {
	listen = {"*:0"}
	builtin = echo
	no_access = {"127.0.0.5", "::1"}
}
service names {
	listen = {"127.0.0.1:0"}
	builtin = echo
	only_from = {"localhost"}
}
END
)
start_tined -c "$conf"

# from SOURCE ADDRESS: `served`, or `closed` and what it was told.
from() {
	SOURCE=$1 WAIT=10 hold "$tmp/from" 1 "$2"
	release "$HOLD_PID"
	case $(cat "$tmp/from") in
	'served=1 '*) echo served ;;
	*' closed=1 waiting=0 text=') echo closed ;;
	*'Connection reset by peer') echo closed ;;
	*) cat "$tmp/from" ;;
	esac
}
# explained SOURCE SERVICE PATTERN
explained() {
	"$TINED" --explain "$2,$1" -c "$conf" >"$tmp/explained" 2>&1
	grep -Eq "$3" "$tmp/explained" ||
		fail "--explain $2,$1: $(cat "$tmp/explained")"
}
# decided SERVICE SOURCE VERDICT LINE: by a connection, and by --explain.
decided() {
	local address=ADDR_$1
	same "$1 from $2" "$3" "$(from "$2" "${!address}")"
	explained "$2" "$1" "$conf:$4"
}
decided lists 127.0.0.1 served 4
decided lists 127.0.2.8 closed 6
decided lists 127.0.2.7 served 5
# The same prefix in both lists: no_access.
decided lists 127.0.3.3 closed 7
same "IPv6" closed "$(from ::1 "$(addresses lists | sed -n 2p)")"
same "a Unix socket" hi "$(echo hi | ask "unix:$tmp/lists")"

# On a dual-stack socket an IPv4 client is IPv4.
any=$(port "$ADDR_no")
same "no_access" closed "$(from 127.0.0.5 "127.0.0.1:$any")"
same "everybody else" served "$(from 127.0.0.6 "127.0.0.1:$any")"
same "no_access, IPv6" closed "$(from ::1 "[::1]:$any")"
same "localhost" served "$(from 127.0.0.1 "$ADDR_names")"
same "not localhost" closed "$(from 127.0.0.2 "$ADDR_names")"

wait_for_log '^notice refused service=lists reason=no_access peer=127\.0\.2\.8:'
same "forked" "3 3" "$(state lists started) $(state lists refused)"
stop_tined

# Many without access: no fork, and no flood of the log.
start_tined -o no_access=127.0.0.1 -l 127.0.0.1:0 -s echo
JOBS=4 start_load "$tmp/load" "$ADDR_echo"
storm() {
	[ "$(state echo refused)" -ge 2000 ]
}
start=$(now_ms)
wait_until 20 storm || fail "too slow"
kill -TERM "$LOAD_PID"
lines=$(count_log '^notice refused')
most=$((3 + ($(now_ms) - start) / 1000))
[ "$lines" -le "$most" ] || fail "$lines lines, more than $most"
same "forked" 0 "$(state echo started)"
stop_tined
