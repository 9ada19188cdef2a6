#!/bin/bash
# Failure case 9: a real pids.max is reached: clients are closed cleanly, the
# log names the limit, and all recovers when children end.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
. "$(dirname "$0")/../lib/failure.sh"
require socat python3

conf=$(config <<END
service echo { listen = {"127.0.0.1:0"} builtin = echo }
service cat { listen = {"127.0.0.1:0"} exec = {"/bin/cat"} }
END
)
# A cgroup of version 1 or 2 with the pids controller.
group=
for root in /sys/fs/cgroup/pids /sys/fs/cgroup /sys/fs/cgroup/unified; do
	[ -e "$root/cgroup.procs" ] || continue
	mkdir "$root/tined.$$" 2>/dev/null || continue
	if [ -e "$root/tined.$$/pids.max" ]; then
		group=$root/tined.$$
		break
	fi
	rmdir "$root/tined.$$"
done
[ -n "$group" ] || skip "no pids cgroup can be made"
ungroup() {
	local pid
	while read -r pid; do
		kill -KILL "$pid" 2>/dev/null
	done <"$group/cgroup.procs"
	wait_until 5 rmdir "$group" 2>/dev/null
}
finally ungroup

start_tined -c "$conf"
remember
for pid in $(servers); do
	echo "$pid" >"$group/cgroup.procs" || skip "no move to the cgroup"
done
# main, logger, two acceptors, and four more.
echo 8 >"$group/pids.max"
before=$(cpu_ms "$(acceptor echo)")
start=$(now_ms)
WAIT=10 hold "$tmp/held" 10 "$ADDR_echo"
full=$HOLD_PID
same "with a pids.max" "served=4 closed=6 waiting=0 text=" "$(cat "$tmp/held")"
hold "$tmp/cat" 1 "$ADDR_cat"
same "the other service" "served=0 closed=1 waiting=0 text=" "$(cat "$tmp/cat")"
release "$HOLD_PID"
ms=$(($(now_ms) - start))
wait_for_log '^warning fork service=echo .*pids\.max'
wait_for_log '^warning fork service=cat .*pids\.max'
for service in echo cat; do
	lines=$(count_log "^warning fork service=$service ")
	[ "$lines" -le $((ms / 1000 + 2)) ] || fail "$lines lines in $ms ms"
done
cheap "6 that were refused" "$before" "$(cpu_ms "$(acceptor echo)")" 200
same "echo's" "4 6" "$(state echo sessions) $(state echo refused)"
grep -q '^max [1-9]' "$group/pids.events" || fail "the limit was not met"

# Children end: there is room for as many again.
release "$full"
unchanged
WAIT=10 hold "$tmp/held" 4 "$ADDR_echo"
same "recovered" "served=4 closed=0 waiting=0 text=" "$(cat "$tmp/held")"
release "$HOLD_PID"
unchanged
echoes "$ADDR_cat" "of the other service"
unchanged
stop_tined
