#!/bin/bash
# Failure case 17: an acceptor is killed under load: it is restarted on the same
# socket; its sessions finish, are counted, limited and logged; only connections
# that it had accepted and not yet forked for may be lost.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
. "$(dirname "$0")/../lib/failure.sh"
require socat python3

cat >"$tmp/program" <<'END'
#!/bin/sh
sleep 1000 &
echo $!
wait
END
chmod +x "$tmp/program"
start_conf <<END
service echo { listen = {"127.0.0.1:0"} builtin = echo per_source = 50 }
service brief { listen = {"127.0.0.1:0"} builtin = echo max_time = 2s }
service program {
	listen = {"127.0.0.1:0"}
	exec = {"$tmp/program"}
	max_time = 2s
}
END
logger=$(logger)
held="$(descriptors "$PID") $(descriptors "$logger")"

# kill_acceptor SERVICE: kills its acceptor and waits for the next one.
kill_acceptor() {
	local pid
	pid=$(acceptor "$1") || fail "$1 has no acceptor"
	kill -KILL "$pid"
	wait_until 20 new_acceptor "$1" "$pid" || fail "$1 is not restarted"
	wait_for_log "restarted service=$1 pid=$pid msg=\"killed by signal 9\""
}

SOURCE=127.0.0.2 hold "$tmp/old" 49 "$ADDR_echo"
old=$HOLD_PID
talk "$ADDR_echo"
same "before" one "$(say "$TALK" one)"

start_load "$tmp/load" "$ADDR_echo"
for _ in 1 2 3; do
	kill_acceptor echo
done
end_load
echo "$DONE connections, $FAILED failed"
# At most one connection in hand for each kill.
[ "$FAILED" -le 3 ] || fail "$FAILED connections were lost by 3 kills"
same "the restarts" "100 200 400" "$(untimed |
    sed -n 's/^error restarted service=echo .*after_ms=//p' | tr '\n' ' ' |
    sed 's/ $//')"

# Its sessions go on, and count.
same "afterwards" two "$(say "$TALK" two)"
SOURCE=127.0.0.2 hold "$tmp/new" 3 "$ADDR_echo"
same "per_source" "served=1 closed=2 waiting=0" "$(held "$tmp/new")"
same "the sessions" 51 "$(state echo sessions)"
# An ended session is not counted, though others of its acceptor go on.
release "$HOLD_PID"
release "$old"
wait_until 10 sessions_are echo 1 || fail "they are counted for ever"
wait_for_ends 50 'service=echo .*peer=127.0.0.2:.*exit=0'
SOURCE=127.0.0.2 hold "$tmp/new" 5 "$ADDR_echo"
same "per_source, free again" "served=5 closed=0 waiting=0" \
    "$(held "$tmp/new")"
release "$HOLD_PID"
same "still" three "$(say "$TALK" three)"
exec {TALK}>&-
wait_for_ends 1 'service=echo .*in=14 out=14 .*exit=0'
wait_until 10 sessions_are echo 0 || fail "it is counted for ever"

# The deadlines hold.
hold "$tmp/brief" 2 "$ADDR_brief"
talk "$ADDR_program"
read -r -t 10 child <&"$TALK"
kill_acceptor brief
kill_acceptor program
wait_for_ends 2 'service=brief .*signal=15 reason=max_time'
wait_for_ends 1 'service=program .*signal=15 reason=max_time .*maxrss'
wait_until 2 dead "$child" || fail "its child lives on"
release "$HOLD_PID"

# Main and the logger are the same, hold no more than before, and there is an
# acceptor for each service.
settled() {
	[ "$(pgrep -c -P "$PID")" -eq 4 ] &&
	    [ "$(descriptors "$PID") $(descriptors "$logger")" = "$held" ]
}
wait_until 20 settled ||
	fail "descriptors of main and logger: $held before, now $(holdings)"
same "the logger" "$logger" "$(logger)"
wait_until 10 no_zombies || fail "$(zombies) zombies"
for service in echo brief program; do
	wait_until 10 sessions_are "$service" 0 || fail "$service: sessions"
done
same "errors but the restarts" 0 "$(untimed | grep '^error' |
    grep -vc '^error restarted')"
stop_tined
