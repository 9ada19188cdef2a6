#!/bin/bash
# Goal of this test: a session, built-in or a program's, holds its connection,
# its standard descriptors and no other; nothing grows with the connections.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
. "$(dirname "$0")/../lib/failure.sh"
require socat python3
[ "$WIDE_SANDBOX" = 0 ] || skip "sanitizers have descriptors of their own"

# The descriptors of a program, as a shell that reads no script has them.
cat >"$tmp/program" <<'END'
#!/bin/sh
exec sh -c 'ls -l /proc/$$/fd; :'
END
chmod 0755 "$tmp/program"

# Descriptors that tined inherits are not passed on.
exec 7</dev/null 8>"$tmp/inherited" 200<"$0"
conf=$(config <<END
pid_file = "$tmp/pid"
service echo { listen = {"127.0.0.1:0", "unix:$tmp/echo"} builtin = echo }
service two { listen = {"127.0.0.1:0"} builtin = echo acceptors = 2 }
service cat { listen = {"127.0.0.1:0"} exec = {"/bin/cat"} }
service log {
	listen = {"127.0.0.1:0", "unix:$tmp/log"}
	exec = {"$tmp/program"}
	acceptors = 2
}
service null { listen = {"127.0.0.1:0"} stderr = null exec = {"$tmp/program"} }
service socket { listen = {"127.0.0.1:0"} stderr = socket exec = {"$tmp/program"} }
END
)
start_tined -c "$conf"
sees "$PID" || skip "only root sees what tined has open"
remember

# open_files PID: the kinds of its descriptors.
open_files() {
	local fd
	for fd in "/proc/$1/fd"/*; do
		readlink "$fd"
	done
}
acceptor=$(acceptor echo)
main_before=$(descriptors "$PID")
before=$(descriptors "$acceptor")
open_files "$acceptor" | grep "$tmp" && fail "an acceptor has files of main's"
hold "$tmp/held" 20 "$ADDR_echo"
same "held" "served=20 closed=0 waiting=0" "$(held "$tmp/held")"
same "the acceptor's descriptors" "$before" "$(descriptors "$acceptor")"
for pid in $(pgrep -P "$acceptor"); do
	same "a session's sockets" 1 "$(open_files "$pid" | grep -c '^socket:')"
	open_files "$pid" | grep -v '^socket:\|^/dev/null$' |
		grep -v 'memfd:tined' && fail "a session has more than it needs"
	same "a session's descriptors" 4 "$(descriptors "$pid")"
done
release "$HOLD_PID"

# Acceptors of one service do not share private descriptors.
talk "$ADDR_two"
same "echo" hi "$(say "$TALK" hi)"
for pid in $(acceptor two); do
	for session in $(pgrep -P "$pid"); do
		same "a session's sockets" 1 \
		    "$(open_files "$session" | grep -c '^socket:')"
	done
done
exec {TALK}>&-

# Programs.
# lists ADDRESS: number and kind of each descriptor of a program, a line each.
lists() {
	ask "$1" </dev/null | sed -n 's/.* \([0-9]*\) -> /\1 /p'
}
one_socket() {
	same "0 and 1 are the connection" 1 "$(grep '^[01] socket:' \
	    <<<"$1" | cut -d ' ' -f 2 | sort -u | wc -l)"
}
for address in $(addresses log) "$ADDR_null" "$ADDR_socket"; do
	got=$(lists "$address")
	same "descriptors of a program" "0 1 2" \
	    "$(cut -d ' ' -f 1 <<<"$got" | xargs)"
	one_socket "$got"
done
same "stderr = log" 1 "$(lists "$ADDR_log" | grep -c '^2 pipe:')"
same "stderr = null" 1 "$(lists "$ADDR_null" | grep -cx '2 /dev/null')"
same "stderr = socket" 1 "$(lists "$ADDR_socket" | grep '^[012] socket:' |
    cut -d ' ' -f 2 | sort -u | wc -l)"
unchanged

# Nothing grows with the connections, the reloads and the restarts.
for n in 1 2 3 4 5; do
	sed -i "/^service echo /s/builtin = echo.*/builtin = echo instances = $((100 + n)) }/" \
	    "$conf"
	reload
	same "cat" hi "$(echo hi | ask "$ADDR_cat")"
done
kill -KILL "$(acceptor cat)"
wait_for_log '^error restarted service=cat'
wait_until 10 acceptor cat >/dev/null || fail "no restart"
one_acceptor() {
	[ "$(acceptor echo | wc -l)" -eq 1 ]
}
wait_until 10 one_acceptor || fail "old acceptors stay"
as_before() {
	[ "$(descriptors "$PID")" -eq "$main_before" ]
}
wait_until 5 as_before ||
	fail "main has $(descriptors "$PID") descriptors, and had $main_before"
same "the new acceptor's descriptors" "$before" "$(descriptors "$(acceptor echo)")"
stop_tined
