#!/bin/bash
# Goal of this test: a reload for which there is not enough memory is refused,
# with that reason, wherever the memory ends; main goes on as it was, and takes
# the same configuration once there is enough.
. "$(dirname "$0")/../lib/behaviour.sh"
require socat prlimit
[ "$WIDE_SANDBOX" = 0 ] || skip "a sanitizer gets memory itself"

conf=$(config <<END
service one { listen = {"127.0.0.1:0"} builtin = echo }
END
)
start_tined -c "$conf"
before=$(acceptors | sort)
# main's address space, in KiB.
size() {
	awk '/^VmSize:/ { print $2 }' "/proc/$PID/status"
}
[ "$(size)" -lt 1000000 ] || skip "main's address space is not its own"

# Some MiB in main: a list that services inherit.
{
	cat "$conf"
	echo "defaults { no_access = {"
	seq -f '"10.%g.0.0/16",' 1 250
	seq -f '"192.0.2.%g/32", # a network' 1 250
	seq -f '"2001:db8:%g::/48", # another network' 1 9999
	echo '} }'
	for i in 1 2 3 4; do
		echo "service s$i { listen = {\"unix:$tmp/s$i\"} builtin = echo }"
	done
} >"$tmp/large"
cp "$tmp/large" "$conf"

# Reloads with so many KiB more for main.  In the end it is main's new acceptors
# that fail, which have its limit.
in_force='^(error .*reload incomplete|notice reloaded)'
answered() {
	[ "$(count_log '^(error .*reload (refused|incomplete)|notice reloaded)')" \
	    -eq "$1" ] ||
		! alive "$PID"
}
reloads=0
refused=0
for more in $(seq 1024 512 12800) $(seq 13000 2000 60000); do
	prlimit --pid "$PID" --as="$((($(size) + more) * 1024)):" ||
		skip "the limits of a process cannot be set"
	kill -HUP "$PID"
	reloads=$((reloads + 1))
	wait_until 20 answered $reloads ||
		fail "neither reloaded nor refused, with $more KiB"
	alive "$PID" || fail "main has ended, with $more KiB"
	prlimit --pid "$PID" --as=unlimited:
	! in_log -q "$in_force" || break
	refused=$((refused + 1))
	[ "$(count_log '^error .*Cannot allocate memory')" -ge "$refused" ] ||
		fail "refused for another reason, with $more KiB"
	same "the acceptors" "$before" "$(acceptors | sort)"
	same "one" hi "$(echo hi | ask "$ADDR_one")"
done
in_log -q "$in_force" || fail "never in force"
echo "refused $refused times, taken with $more KiB"
# Some while the file was read, some later.
in_log -q "^error .*$conf:[0-9]+: Cannot allocate memory" ||
	fail "always enough to read the file"
in_log -q '^error .*tined: Cannot allocate memory' ||
	fail "always enough when the file was read"
kill -HUP "$PID"
wait_for_log '^notice reloaded'
same "one" hi "$(echo hi | ask "$ADDR_one")"
same "the last service" hi "$(echo hi | ask "unix:$tmp/s4")"
stop_tined
