#!/bin/bash
# Goal of this test: with the largest RLIMIT_NOFILE that can be had a start, a
# fork and a program cost what they always cost: nothing loops over descriptors.
. "$(dirname "$0")/../lib/behaviour.sh"
# LeakSanitizer does not work in what strace traces to its end.
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0"
. "$(dirname "$0")/../lib/crowd.sh"
. "$(dirname "$0")/../lib/failure.sh"
require socat python3 strace prlimit

few=64
most=1073741816
real=$TINED_FILE
if ! prlimit --nofile="$most:$most" true 2>/dev/null; then
	echo "RLIMIT_NOFILE cannot be $most here"
	most=$(cat /proc/sys/fs/nr_open)
	prlimit --nofile="$most:$most" true 2>/dev/null || most=$(ulimit -Hn)
fi
echo "RLIMIT_NOFILE is $most"
[ "$most" -ge $((few * 16)) ] || skip "no more than $most descriptors"

conf=$(config <<END
service echo { listen = {"unix:$tmp/echo"} builtin = echo }
service cat { listen = {"unix:$tmp/cat"} exec = {"/bin/cat"} }
service socket { listen = {"unix:$tmp/socket"} exec = {"/bin/cat"} stderr = socket }
END
)
connections=10
# with LIMIT COMMAND...: tined is started with it.
with() {
	local limit=$1
	shift
	printf '#!/bin/sh\nexec prlimit --nofile=%s:%s %s "$@"\n' "$limit" \
	    "$limit" "$*" >"$tmp/tined.$limit"
	chmod 0755 "$tmp/tined.$limit"
	TINED=$tmp/tined.$limit
	# Not by a ready descriptor: strace would hold it.
	launch -c "$conf"
	wait_for_log '^notice ready' 30
}
serve() {
	local service
	for service in echo cat socket; do
		for _ in $(seq $connections); do
			same "hello" hello "$(echo hello |
			    ask "unix:$tmp/$service")"
		done
	done
}

# The calls by which a loop over descriptors could be made, of all processes.
strace -f -o /dev/null -e trace=none true 2>/dev/null || skip "no ptrace"
# traced LIMIT: how many there were from the start to the stop, as CALLS.
traced() {
	local trace=$tmp/trace.$1
	with "$1" strace -D -f -qq -o "$trace" -e \
	    trace=close,close_range,fcntl,fstat,dup2,dup3,getdents64 "$real"
	serve
	stop_tined
	CALLS=$(wc -l <"$trace")
}
traced $few
small=$CALLS
traced "$most"
large=$CALLS
echo "calls with $few descriptors: $small; with $most: $large"
for n in "$small" "$large"; do
	[ "$n" -gt 50 ] || fail "$n calls were traced"
done
# Some depend on who is faster; one loop would make a call for each descriptor.
[ $((large - small)) -lt $(((most - few) / 2)) ] ||
	fail "with $most descriptors $large calls, with $few $small"

# In processor time, of all that is forked.
# used LIMIT: milliseconds of tined and its children, from start to stop.
used() {
	local before after
	before=$(children_ms)
	with "$1" "$real"
	[ "$(prlimit --nofile --noheadings -o HARD --pid "$PID" | xargs)" = "$1" ] ||
		fail "it has another limit"
	serve >/dev/null
	stop_tined
	after=$(children_ms)
	USED=$((after - before))
}
# The times of this shell's children that have ended, and of theirs.
children_ms() {
	local stat field
	stat=$(<"/proc/$$/stat")
	read -r -a field <<<"${stat##*) }"
	echo $(((field[13] + field[14]) * 1000 / $(getconf CLK_TCK)))
}
used $few	# warm
used $few
small=$USED
used "$most"
echo "milliseconds with $few descriptors: $small; with $most: $USED"
[ "$USED" -le $((small * 3 + 500)) ] ||
	fail "$USED ms with $most descriptors, not $small"
exit 0
