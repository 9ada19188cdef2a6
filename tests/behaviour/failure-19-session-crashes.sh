#!/bin/bash
# Failure case 19: a session of a built-in service crashes: one line, with the
# signal; other sessions are not affected.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
. "$(dirname "$0")/../lib/failure.sh"
require socat

start_tined -l 127.0.0.1:0 -s echo
acceptor=$(acceptor echo)
remember
talk "$ADDR_echo"
other=$TALK
same "another one" one "$(say "$other" one)"
beside=$(pgrep -P "$acceptor") || fail "no session"
lines=$(messages)

# opens: a connection of its own; sets CRASH and SESSION, its process.
opens() {
	talk "$ADDR_echo"
	CRASH=$TALK
	same "before" one "$(say "$CRASH" one)"
	SESSION=$(pgrep -P "$acceptor" | grep -vx "$beside") ||
		fail "no session"
	# shellcheck disable=SC2034 # for clean_up
	crashed=$SESSION
}
# crashed_of NUMBER NAME: what must follow.
crashed_of() {
	local signal="signal=$1" reply=
	# Sanitizers catch it, and exit.
	[ "$WIDE_SANDBOX" = 0 ] || signal='(signal=[0-9]+|exit=[1-9])'
	wait_for_log "^info end service=echo .* pid=$SESSION .*in=4 out=4 .*$signal"
	IFS= read -r -t 10 reply <&"$CRASH"
	same "$2: its client" "" "$reply"
	exec {CRASH}>&-
	same "$2: the other one" two "$(say "$other" two)"
	wait_until 10 sessions_are echo 1 || fail "$2: it is still counted"
	same "$2: lines about it" 1 "$(count_log " pid=$SESSION ")"
	echoes "$ADDR_echo" "after $2"
}

# One is enough with a sanitizer, which reports each.
names=(SEGV)
[ "$WIDE_SANDBOX" != 0 ] || names=(SEGV BUS ILL FPE ABRT TRAP SYS)
for name in "${names[@]}"; do
	opens
	kill -"$name" "$SESSION"
	crashed_of "$(kill -l "$name")" "$name"
done

# In the middle of its work, with a client that goes on sending.
if [ "$WIDE_SANDBOX" = 0 ] && command -v strace >/dev/null &&
    sees "$acceptor"; then
	opens
	strace -o "$tmp/trace" -e trace=all -e inject=all:signal=SEGV:when=2 \
	    -p "$SESSION" 2>"$tmp/strace" &
	record $!
	strace=$!
	wait_until 10 grep -qs attached "$tmp/strace" ||
		fail "strace: $(cat "$tmp/strace")"
	# A line may be answered before strace counts the calls.
	sends_more() {
		(echo more >&"$CRASH") 2>/dev/null
		dead "$strace"
	}
	wait_until 30 sends_more || fail "it lives: $(cat "$tmp/trace")"
	wait_for_log "^info end service=echo .* pid=$SESSION .*signal=11"
	same "lines about it" 1 "$(count_log " pid=$SESSION ")"
	exec {CRASH}>&-
	same "the other one" three "$(say "$other" three)"
fi
# A sanitizer writes a report there.
[ "$WIDE_SANDBOX" != 0 ] || same "lines of the log" "$lines" "$(messages)"
exec {other}>&-
unchanged
same "ends by a signal" 0 "$(count_log "^info end .* pid=$beside .*signal=")"
stop_tined
