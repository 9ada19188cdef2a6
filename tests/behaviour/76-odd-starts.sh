#!/bin/bash
# Goal of this test: it works when started with signals ignored and blocked and
# without standard descriptors, and stops with 0 whatever it is doing.
# shellcheck source=../lib/behaviour.sh
. "$(dirname "$0")/../lib/behaviour.sh"
# shellcheck source=../lib/crowd.sh
. "$(dirname "$0")/../lib/crowd.sh"
require socat python3
env --block-signal=TERM true 2>/dev/null || skip "env knows no signals"

conf=$(config <<END
drain_timeout = 500ms
service echo { listen = {"127.0.0.1:0", "unix:$tmp/echo"} builtin = echo }
service mask {
	listen = {"127.0.0.1:0"}
	exec = {"/bin/grep", "^Sig[BI]", "/proc/self/status"}
}
END
)
real=$TINED

# Every signal ignored or blocked.
cat >"$tmp/tined" <<END
#!/bin/sh
exec env --ignore-signal=CHLD,HUP,INT,TERM,PIPE,USR1,ALRM,SEGV \
    --block-signal=CHLD,HUP,TERM,USR1,PIPE,ALRM "$real" "\$@"
END
chmod 0755 "$tmp/tined"
TINED=$tmp/tined
start_tined -c "$conf"
same "the echo" hi "$(echo hi | ask "$ADDR_echo")"
wait_until 10 ended 1 'service=echo .* exit=0' || fail "it does not reap"
same "a program's signals" "SigBlk: 0000000000000000
SigIgn: 0000000000000000" "$(ask "$ADDR_mask" </dev/null | tr '\t' ' ')"
same "the state" 0 "$(state echo sessions)"
sed -i 's/builtin = echo/& instances = 9/' "$conf"
reload
same "the echo" hi "$(echo hi | ask "$ADDR_echo")"
stop_tined

# No descriptor at all.  There is no log then.
TINED=$real
"$real" -f -c "$conf" <&- >&- 2>&- &
PID=$!
record "$PID"
answers() {
	[ "$(echo hi | ask "unix:$tmp/echo" 2>/dev/null)" = hi ]
}
wait_until 10 answers || fail "it does not serve without descriptors"
for _ in 1 2 3; do
	same "the echo" hi "$(echo hi | ask "unix:$tmp/echo")"
done
status=0
kill -TERM "$PID"
wait_exit "$PID" || status=$?
same "the exit status" 0 "$status"

# Stops while it accepts, forks and logs; also twice.
for n in {1..12}; do
	start_tined -c "$conf"
	[ "$n" -gt 6 ] || start_load "$tmp/load" "$ADDR_echo" "$ADDR_mask"
	[ "$n" -le 6 ] || (ask "$ADDR_echo" </dev/null) &
	kill -TERM "$PID"
	[ $((n % 2)) -eq 0 ] || kill -INT "$PID" 2>/dev/null
	status=0
	wait_exit "$PID" 10 || status=$?
	same "the exit status, $n" 0 "$status"
	[ "$n" -gt 6 ] || end_load >/dev/null
	grep -q '^notice stopped' "$LOG" || fail "the end is not logged, $n"
	! grep -q '^error' "$LOG" || fail "errors, $n"
done
exit 0
