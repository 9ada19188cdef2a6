#!/bin/bash
# Goal of this test: a built-in session holds its connection and no other
# descriptor, an acceptor no connection; both have no file of main's.
# shellcheck source=../lib/behaviour.sh
. "$(dirname "$0")/../lib/behaviour.sh"
# shellcheck source=../lib/crowd.sh
. "$(dirname "$0")/../lib/crowd.sh"
require socat python3
[ "$WIDE_SANDBOX" = 0 ] || skip "sanitizers have descriptors of their own"

exec 7</dev/null 8>"$tmp/inherited"
conf=$(config <<END
pid_file = "$tmp/pid"
service echo { listen = {"127.0.0.1:0", "unix:$tmp/echo"} builtin = echo }
service cat { listen = {"127.0.0.1:0"} exec = {"/bin/cat"} }
END
)
start_tined -c "$conf"

descriptors() {
	local fd
	for fd in "/proc/$1/fd"/*; do
		readlink "$fd"
	done
}
count() {
	descriptors "$1" | wc -l
}
acceptor=$(acceptor echo)
main_before=$(count "$PID")
before=$(count "$acceptor")
descriptors "$acceptor" | grep "$tmp" && fail "an acceptor has files of main's"
hold "$tmp/held" 20 "$ADDR_echo"
same "held" "served=20 closed=0 waiting=0" "$(held "$tmp/held")"
same "the acceptor's descriptors" "$before" "$(count "$acceptor")"
for pid in $(pgrep -P "$acceptor"); do
	same "a session's sockets" 1 "$(descriptors "$pid" | grep -c '^socket:')"
	descriptors "$pid" | grep -v '^socket:\|^/dev/null$' |
		grep -v 'memfd:tined' && fail "a session has more than it needs"
	same "a session's descriptors" 4 "$(count "$pid")"
done
release "$HOLD_PID"

# Nothing grows with the connections, the reloads and the restarts.
for n in 1 2 3 4 5; do
	sed -i "s/builtin = echo.*/builtin = echo instances = $((100 + n)) }/" \
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
	[ "$(count "$PID")" -eq "$main_before" ]
}
wait_until 5 as_before ||
	fail "main has $(count "$PID") descriptors, and had $main_before"
same "the new acceptor's descriptors" "$before" "$(count "$(acceptor echo)")"
stop_tined
exit 0
