#!/bin/bash
# Goal of this test: whatever accept and ppoll fail with, the acceptor lives,
# serves again at once, and says only what is worth saying.
# shellcheck source=../lib/behaviour.sh
. "$(dirname "$0")/../lib/behaviour.sh"
# shellcheck source=../lib/crowd.sh
. "$(dirname "$0")/../lib/crowd.sh"
require socat python3 strace

start_tined -l 127.0.0.1:0 -l 127.0.0.1:0 -l 127.0.0.1:0 -s echo
acceptor=$(acceptor echo)
mapfile -t address < <(addresses echo)

# inject INJECTION...: strace makes the acceptor's system calls fail.
inject() {
	local args=() one
	for one; do
		args+=(-e "inject=$one")
	done
	rm -f "$tmp/strace"
	strace -o "$tmp/trace" -e trace=accept4,ppoll,accept \
	    "${args[@]}" -p "$acceptor" 2>"$tmp/strace" &
	STRACE=$!
	record "$STRACE"
	wait_until 10 grep -qs attached "$tmp/strace" || {
		grep -qi 'not permitted' "$tmp/strace" && skip "no ptrace"
		fail "strace: $(cat "$tmp/strace")"
	}
}
eject() {
	kill -TERM "$STRACE"
	wait_exit "$STRACE"
}
injected() {
	grep -c INJECTED "$tmp/trace"
}
ticks() {
	awk '{ print $14 + $15 }' "/proc/$acceptor/stat"
}
echoes() {
	same "echo $2" hi "$(echo hi | ask "$1")"
}

# What is lacking: pauses of 100 ms, a line a second, no processor time.
lacks() {
	local start before ms
	inject "accept4:error=$1:when=1..$2"
	before=$(ticks)
	start=$(now_ms)
	echoes "${address[0]}" "after $2 times $1"
	ms=$(($(now_ms) - start))
	eject
	[ "$ms" -ge $(($2 * 90)) ] || fail "$1: it does not pause: $ms ms"
	[ "$ms" -lt $(($2 * 100 + 2000)) ] || fail "$1: it pauses for $ms ms"
	[ $(($(ticks) - before)) -le 5 ] || fail "$1: it spins"
	same "$1 was injected" "$2" "$(injected)"
	wait_for_log "^warning accept service=echo call=accept4 msg=\".*\" limit=$3"
}
lacks EMFILE 15 RLIMIT_NOFILE
[ "$(count_log '^warning accept ')" -le 3 ] || fail "too many lines"
for error in ENFILE ENOBUFS ENOMEM; do
	inject "accept4:error=$error:when=1..2"
	echoes "${address[0]}" "after $error"
	eject
	same "$error was injected" 2 "$(injected)"
done

# The errors of a dead peer: the next one at once, and silence.
lines=$(grep -vc '^info end' "$LOG")
for error in ECONNABORTED EPROTO ENETDOWN ENONET EHOSTDOWN EHOSTUNREACH \
    ENETUNREACH ENOPROTOOPT EOPNOTSUPP EPERM ETIMEDOUT; do
	inject "accept4:error=$error:when=1"
	start=$(now_ms)
	echoes "${address[0]}" "after $error"
	ms=$(($(now_ms) - start))
	eject
	same "$error was injected" 1 "$(injected)"
	[ "$ms" -lt 1000 ] || fail "$error: the next one took $ms ms"
done
same "lines of the log" "$lines" "$(grep -vc '^info end' "$LOG")"

# Storms of EINTR, and a ppoll that fails.
inject "accept4:error=EINTR:when=1..40" "ppoll:error=EINTR:when=1..40"
for _ in 1 2 3; do
	echoes "${address[0]}" "in a storm of EINTR"
done
eject
inject "ppoll:error=ENOMEM:when=1..20"
echoes "${address[1]}" "after ENOMEM of ppoll"
eject
same "lines of the log" "$lines" "$(grep -vc '^info end' "$LOG")"

# A listener that is none any more is given up; the others serve.
inject "accept4:error=EINVAL:when=1"
(exec 3<>"/dev/tcp/127.0.0.1/$(port "${address[1]}")")
wait_for_log '^error .*listener 1 .*given up.*Invalid argument'
eject
echoes "${address[0]}" "of another listener"
echoes "${address[2]}" "of another listener"
inject "accept4:error=EBADF:when=1"
(exec 3<>"/dev/tcp/127.0.0.1/$(port "${address[2]}")")
wait_for_log '^error .*listener 2 .*given up.*Bad file descriptor'
eject
echoes "${address[0]}" "of the last listener"

same "the acceptor" "$acceptor" "$(acceptor echo)"
stop_tined
exit 0
