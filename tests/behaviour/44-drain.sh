#!/bin/bash
# Goal of this test: a stop lets sessions finish, then ends them by TERM, then
# by KILL; the exit status is 0.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
require socat python3

refused() {
	! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}
stopped() {
	local status=0
	wait_exit "$PID" "$1" || status=$?
	same "the exit status" 0 "$status"
	in_log -q '^notice stopped' || fail "its end is not logged"
}

# Sessions that finish.
start_tined -o drain_timeout=1h -l 127.0.0.1:0 -s echo
talk "$ADDR_echo"
same "before" one "$(say "$TALK" one)"
kill -TERM "$PID"
wait_for_log '^notice draining sessions=1$'
wait_until 5 refused "$(port "$ADDR_echo")" || fail "it still accepts"
same "while draining" two "$(say "$TALK" two)"
start=$(now_ms)
exec {TALK}>&-
stopped 5
[ $(($(now_ms) - start)) -lt 3000 ] || fail "it waits without a session"
wait_for_log '^info end service=echo .* in=8 out=8 .* exit=0$'

# drain_timeout: TERM to a built-in, and to a whole process group; KILL 5 s
# later.
cat >"$tmp/stubborn" <<'END'
#!/bin/sh
trap '' TERM
sleep 1000 &
echo $!
wait
END
cat >"$tmp/childish" <<'END'
#!/bin/sh
(trap '' TERM; echo ready; exec sleep 1000) &
echo $!
wait
END
chmod +x "$tmp/stubborn" "$tmp/childish"
start_conf <<END
drain_timeout = 300ms
service echo { listen = {"127.0.0.1:0"} builtin = echo }
service stubborn { listen = {"127.0.0.1:0"} exec = {"$tmp/stubborn"} }
service childish { listen = {"127.0.0.1:0"} exec = {"$tmp/childish"} }
END
talk "$ADDR_echo"
same "before" one "$(say "$TALK" one)"
talk "$ADDR_stubborn"
read -r -t 10 stubborn <&"$TALK"
talk "$ADDR_childish"
{ read -r -t 10 line && read -r -t 10 childish; } <&"$TALK"
[ "$line" = ready ] || childish=$line
start=$(now_ms)
kill -TERM "$PID"
wait_for_ends 1 'service=echo .*signal=15 reason=drain_timeout' 3
wait_for_ends 1 'service=childish .*signal=15 reason=drain_timeout' 3
[ $(($(now_ms) - start)) -ge 300 ] || fail "ended before drain_timeout"
wait_until 3 gone "$childish" ||
	fail "what ignores TERM outlives its group's leader"
alive "$stubborn" || fail "killed without the 5 s"
stopped 10
[ $(($(now_ms) - start)) -ge 5300 ] || fail "killed too early"
same "what ignored TERM" 1 \
    "$(count_log '^info end service=stubborn .*signal=9 reason=drain_timeout')"
wait_until 5 gone "$stubborn" || fail "its child is left"

# Nothing to wait for.
start_tined -l 127.0.0.1:0 -s echo
kill -TERM "$PID"
kill -TERM "$PID" 2>/dev/null
stopped 3
exit 0
