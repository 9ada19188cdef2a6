#!/bin/bash
# Goal of this test: tine pause lets new clients wait in the queue, whatever
# becomes of the acceptors and the configuration, until tine resume or the end of
# its time; sessions go on; and only who may command tined may do it.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/client.sh"
require socat python3

control=$tmp/control
conf=$tmp/conf
write_conf() {
	cat >"$conf" <<-END
	control_socket = "$control"
	service echo { listen = {"127.0.0.1:0", "unix:$tmp/echo"} builtin = echo $1 }
	service other { listen = {"127.0.0.1:0"} builtin = echo }
	END
}
write_conf ""
start_tined -c "$conf"

steer() {
	local command=$1
	shift
	run "$TINE" "$command" --socket "$control" "$@"
}

# state SERVICE: and how many clients wait.
state() {
	"$TINE" status --socket "$control" --json | python3 -c '
import json, sys
for s in json.load(sys.stdin)["services"]:
    if s["name"] == sys.argv[1]:
        print(s["state"], s["queue"])' "$1"
}
waits() {
	[ "$(state echo)" = "paused $1" ]
}

# client N [ADDRESS]: asks in the background; its answer goes to $tmp/answer.N.
client() {
	(
		: >"$tmp/connected.$1"
		echo "hello $1" | timeout 60 socat -t 50 - \
		    "$(socat_address "${2:-$ADDR_echo}")" >"$tmp/answer.$1" 2>&1
	) &
	record $!
}
answered() {
	[ "$(cat "$tmp/answer.$1" 2>/dev/null)" = "hello $1" ]
}

# A session from before goes on.
mkfifo "$tmp/session"
socat - "$(socat_address "$ADDR_echo")" <"$tmp/session" >"$tmp/said" &
record $!
exec 9>"$tmp/session"
echo one >&9
said() {
	[ "$(wc -l <"$tmp/said")" -eq "$1" ]
}
wait_until 10 said 1 || fail "no session"

steer pause echo
expect "pause" 0
same "what it says" "echo is paused" "$(cat "$tmp/out")"
wait_for_log "^notice command verb=pause service=echo uid=$(id -u) pid=[0-9]+ exit=0"
wait_until 10 waits 0 || fail "not paused: $(state echo)"
client 1
client 2 "unix:$tmp/echo"
wait_until 10 waits 1 || fail "nobody waits: $(state echo)"
echo two >&9
wait_until 10 said 2 || fail "the session does not go on"
same "another service" "hello" "$(echo hello | ask "$ADDR_other")"
answered 1 && fail "served while it is paused"

# An acceptor that is restarted is paused, too; so is that of a new configuration.
old=$(pgrep -P "$PID" -f "tined-acceptor: echo")
kill -KILL "$old"
restarted() {
	local new
	new=$(pgrep -P "$PID" -f "tined-acceptor: echo") && [ "$new" != "$old" ] &&
	    "$TINE" status --socket "$control" --json | grep -q '"name": "echo".*"ready": 1.*"name": "other"'
}
wait_until 20 restarted || fail "no new acceptor"
waits 1 || fail "after an acceptor's death: $(state echo)"
write_conf "idle_timeout = 77s"
run "$TINE" reload --socket "$control"
expect "reload" 0
waits 1 || fail "after a reload: $(state echo)"
client 3
wait_until 10 waits 2 || fail "nobody else waits: $(state echo)"
answered 1 || answered 2 || answered 3 && fail "served while it is paused"

steer resume echo --json
expect "resume" 0
same "its JSON" '{"command": "resume", "exit": 0, "result": "echo is serving", "messages": []}' \
    "$(cat "$tmp/out")"
for n in 1 2 3; do
	wait_until 10 answered "$n" || fail "client $n was not served"
done
same "its state" "serving 0" "$(state echo)"

# For a time.
steer pause echo --for 1s
expect "pause --for" 0
client 4
wait_until 10 answered 4 || fail "not resumed by itself"
wait_for_log '^notice resumed service=echo'
same "its state" "serving 0" "$(state echo)"

# Twice is once; and what cannot be.
steer pause echo
steer pause echo
expect "a second pause" 0
steer resume echo
expect "resume" 0
client 5
wait_until 10 answered 5 || fail "paused still"
for wrong in "pause" "resume" "pause echo other" "pause --for 0 echo" "pause a!b" \
    "pause $(printf '%064d' 1)"; do
	# shellcheck disable=SC2086
	steer $wrong
	expect "$wrong" 64
done
steer pause none
expect "a service that there is not" 1
same "what it says" "tine: none: no such service" "$(cat "$tmp/err")"
if [ "$(id -u)" -eq 0 ]; then
	chmod 711 "$tmp"
	chmod 777 "$control"
	STATUS=0
	setpriv --reuid 65534 --regid 65534 --clear-groups "$TINE" pause \
	    --socket "$control" echo 2>"$tmp/err" || STATUS=$?
	expect "pause by nobody" 77
	same "its state" "serving 0" "$(state echo)"
fi

# A stop ends it.
steer pause echo
expect "pause" 0
exec 9>&-
stop_tined
steer pause echo
expect "pause without a tined" 69
