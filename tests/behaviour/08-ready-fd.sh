#!/bin/bash
# Goal of this test: -r: a line for each listener, with its real port, once all
# is ready.
. "$(dirname "$0")/../lib/behaviour.sh"
require socat

file=$(config <<END
service one { listen = {"127.0.0.1:0", "[::1]:0", "unix:$tmp/one"} builtin = echo }
service two { listen = {"127.0.0.1:0", "unix:@tined-$$"} builtin = whoami }
END
)
start_tined -c "$file"
same "the services" "one one one two two" "$(cut -d' ' -f1 "$READY" | xargs)"
while read -r service address; do
	[ "${address%:0}" = "$address" ] || fail "$address: port 0"
	[ -n "$(echo x | ask "$address")" ] || fail "$service $address: no answer"
done <"$READY"
same "Unix addresses" "unix:$tmp/one unix:@tined-$$" "$(grep -o 'unix:.*' "$READY" | xargs)"

# The descriptor is closed by then, in every process.
for pid in $(descendants "$PID"); do
	[ "$(readlink "/proc/$pid/fd/9")" != "$tmp/fifo.0" ] ||
		fail "process $pid has the ready fd"
done
stop_tined

# A start that fails writes nothing to it.
try_tined -l 127.0.0.1:0 -l 192.0.2.1:0 -s echo && fail "192.0.2.1 was bound"
same "ready lines of a failed start" "" "$(cat "$READY")"

# A closed reader does not end tined.
mkfifo "$tmp/pipe"
exec 8<>"$tmp/pipe"
exec 9>"$tmp/pipe" 8<&-
launch -r 9 -l 127.0.0.1:0 -s echo
exec 9>&-
wait_for_log '^notice ready '
wait_for_log '^warning .*ready fd: Broken pipe'
address=$(untimed |
    sed -n 's/^notice listening .*address=\([^ ]*\).*/\1/p')
same "echo" hello "$(echo hello | ask "$address")"
stop_tined
