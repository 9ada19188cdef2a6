#!/bin/bash
# Goal of this test: a reload leaves unchanged services alone, keeps the
# sockets of changed and renamed ones, and starts and stops what was added and
# removed.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
require socat python3

conf=$(config <<END
service same { listen = {"127.0.0.1:0"} builtin = echo }
service changed { listen = {"127.0.0.1:0", "unix:$tmp/changed"} builtin = echo }
service removed { listen = {"127.0.0.1:0"} builtin = echo }
service old { listen = {"[::1]:0"} builtin = echo }
END
)
start_tined -c "$conf"
same_pid=$(acceptor same)
changed_pid=$(acceptor changed)
[ -n "$same_pid$changed_pid" ] || fail "no acceptors"
inode=$(stat -c %i "$tmp/changed")

# A session of each, to see that it goes on.
hold "$tmp/held" 2 "$ADDR_changed"
kept=$HOLD_PID
hold "$tmp/held.removed" 1 "$ADDR_removed"
kept_removed=$HOLD_PID

cat >"$conf" <<END
service same { listen = {"127.0.0.1:0"} builtin = echo }
service changed {
	listen = {"127.0.0.1:0", "unix:$tmp/changed"}
	builtin = echo
	instances = 77
}
service new { listen = {"[::1]:0"} builtin = echo }
service added { listen = {"unix:$tmp/added"} builtin = whoami }
END
reload

same "the unchanged service's acceptor" "$same_pid" "$(acceptor same)"
same "the unchanged service" hi "$(echo hi | ask "$ADDR_same")"
[ "$(acceptor changed | grep -vcx "$changed_pid")" -eq 1 ] ||
	fail "the changed service has no new acceptor"
same "the changed service at its port" hi "$(echo hi | ask "$ADDR_changed")"
same "its Unix socket" "$inode" "$(stat -c %i "$tmp/changed")"
same "the changed service there" hi "$(echo hi | ask "unix:$tmp/changed")"
same "the renamed service at its port" hi "$(echo hi | ask "$ADDR_old")"
wait_for_log ' end service=new '
ask "unix:$tmp/added" </dev/null | grep -q '^service: added' ||
	fail "the added service does not answer"
# A retired service closes its socket in the acceptor, which is another process.
refused() {
	! socat -u /dev/null "$(socat_address "$ADDR_removed")" 2>/dev/null
}
wait_until 5 refused || fail "the removed service still accepts"
same "the changed instances" 77 "$(state changed instances)"
same "the old sessions" 2 "$(state changed sessions)"
# The old acceptors leave their sessions to main.
wait_until 5 dead "$changed_pid" || fail "the old acceptor stays"
no_removed() {
	[ -z "$(acceptor removed)" ]
}
wait_until 5 no_removed || fail "the removed service's acceptor stays"
same "the old sessions, left alone" "2 1" \
    "$(state changed sessions) $(state removed sessions)"
release "$kept"
release "$kept_removed"
wait_until 5 sessions_are changed 0 || fail "its sessions are still counted"
wait_for_log ' end service=removed .*in=6 out=6 .*exit=0$'
same "the ends of the changed service" 2 \
    "$(count_log ' end service=changed .*in=6 out=6 .*exit=0$')"

# Back again: a new socket, another port.
rm -f "$tmp/state"
cat >"$conf" <<END
service removed { listen = {"127.0.0.1:0"} builtin = echo }
END
reload
address=$(sed -n 's/.* listening service=removed address=//p' "$LOG" | tail -n 1)
same "what came back" hi "$(echo hi | ask "$address")"
[ ! -e "$tmp/added" ] || fail "the Unix socket of a removed service stays"
stop_tined
