#!/bin/bash
# Goal of this test: tine end ends the sessions that were meant and no other, by
# TERM and then KILL, also of programs and those whose acceptor is gone; it asks
# before it ends several; and the log says that an operator did it.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/client.sh"
require socat python3

control=$tmp/control
stubborn=$tmp/stubborn
cat >"$stubborn" <<'END'
#!/bin/sh
trap '' TERM
echo ready
while :; do read -r _ || sleep 1; done
END
chmod 755 "$stubborn"
chmod 711 "$tmp"
user=
[ "$(id -u)" -ne 0 ] || user="user = nobody"
conf=$(config <<END
control_socket = "$control"
service echo { listen = {"127.0.0.1:0"} builtin = echo acceptors = 2 }
service stubborn { listen = {"127.0.0.1:0"} exec = "$stubborn" sandbox = off $user }
END
)
start_tined -c "$conf"

end() {
	run "$TINE" end --socket "$control" "$@"
}

ids() {
	"$TINE" list --socket "$control" "$@" --json | sed -n 's/.*"id": "\([^"]*\)".*/\1/p' |
		sort -t/ -k1,1 -k2,2n | tr '\n' ' '
}
are() {
	[ "$(ids "${@:2}")" = "$1" ]
}
become() {
	wait_until 15 are "$@" || fail "sessions: $(ids "${@:2}")instead of $1"
}
# ended COUNT: by an operator, of all services.
ended() {
	[ "$("$TINE" status --socket "$control" --json | python3 -c '
import json, sys
print(sum(s["ended"]["operator"] for s in json.load(sys.stdin)["services"]))')" = "$1" ]
}

end echo/1
expect "none" 1
for _ in 1 2 3; do
	hold "$ADDR_echo"
done
hold "$ADDR_echo" ",bind=127.0.0.2"
hold "$ADDR_echo" ",bind=127.0.0.3"
become "echo/1 echo/2 echo/3 echo/4 echo/5 "

# What is not meant stays.
for wrong in "" x echo/0 "echo/1 echo/2" "--peer 1.2.3.4/8" "--older x -s echo"; do
	# shellcheck disable=SC2086
	end $wrong
	expect "end $wrong" 64
done
for none in echo/99 "-s stubborn" "--peer 10.0.0.0/8" "-s echo --older 1h"; do
	# shellcheck disable=SC2086
	end --yes $none
	expect "end $none" 1
done
end -s none
expect "a service that there is not" 1
end -s echo </dev/null
expect "several without a terminal" 64
grep -q -- "5 sessions match, .*--yes" "$tmp/err" || fail "$(cat "$tmp/err")"
end -s echo --dry-run
expect "--dry-run" 0
same "what would be ended" 5 "$(grep -c '^would end echo/[1-5] of 127.0.0' "$tmp/out")"
become "echo/1 echo/2 echo/3 echo/4 echo/5 "
ended 0 || fail "some are counted as ended"

# One, by its ID; some, by their peer and service.
end echo/2
expect "end by ID" 0
grep -q '^ending echo/2 of 127.0.0.1:' "$tmp/out" || fail "$(cat "$tmp/out")"
become "echo/1 echo/3 echo/4 echo/5 "
wait_for_log "^info end service=echo id=2 .* reason=operator"
wait_for_log "^notice command verb=end service=echo uid=$(id -u) pid=[0-9]+ exit=0 sessions=2"
end --peer 127.0.0.2/31 --json --yes
expect "end by peer" 0
same "JSON" 2 "$(python3 -c '
import json, sys
rows = [json.loads(line) for line in open(sys.argv[1])]
assert all(r["ended"] is True for r in rows)
print(len(rows))' "$tmp/out")"
become "echo/1 echo/3 "
end --older 1ms -s echo --yes
expect "end by age" 0
become ""
wait_until 10 ended 5 || fail "not counted: $("$TINE" status --socket "$control")"

# A program that ignores TERM is killed after 5 s, or at once.
hold "$ADDR_stubborn"
become "stubborn/1 "
since=$(now_ms)
end stubborn/1
expect "end of a program" 0
become ""
between "ms until it was killed" 4500 $(($(now_ms) - since)) 15000
wait_for_log "^info end service=stubborn id=1 .* reason=operator"
hold "$ADDR_stubborn"
become "stubborn/2 "
since=$(now_ms)
end --now stubborn/2
expect "end --now" 0
become ""
between "ms until it was killed at once" 0 $(($(now_ms) - since)) 4000

# Sessions whose acceptor is gone are main's.
hold "$ADDR_stubborn"
hold "$ADDR_stubborn"
become "stubborn/3 stubborn/4 "
kill -KILL "$(pgrep -P "$PID" -f "tined-acceptor: stubborn")"
wait_for_log '^error restarted service=stubborn'
become "stubborn/3 stubborn/4 "
end --now stubborn/3
expect "end of an adopted session" 0
become "stubborn/4 "
wait_for_log "^info end service=stubborn id=3 .* reason=operator"
end stubborn/4
expect "end of an adopted session" 0
become ""
wait_for_log "^info end service=stubborn id=4 .* reason=operator"

if [ "$(id -u)" -eq 0 ]; then
	hold "$ADDR_echo"
	become "echo/6 "
	chmod 777 "$control"
	STATUS=0
	setpriv --reuid 65534 --regid 65534 --clear-groups "$TINE" end \
	    --socket "$control" echo/6 2>"$tmp/err" || STATUS=$?
	expect "end by nobody" 77
	become "echo/6 "
fi
stop_tined
