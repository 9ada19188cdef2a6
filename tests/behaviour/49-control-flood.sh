#!/bin/bash
# Goal of this test: an acceptor that was taken over sends main message after
# message; main logs a few lines and goes on.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
. "$(dirname "$0")/../lib/failure.sh"
require socat python3
require_root
require_sandbox
[ "$(uname -m)" = x86_64 ] || skip "the registers are x86-64's"

start_conf <<END
defaults { listen = {"127.0.0.1:0"} builtin = echo }
service flood { }
service other { }
END
flood=$(acceptor flood)
control=7	# SPEC_FD_CONTROL

# flood_of TYPE TEXT: a thousand of them, as system calls (sendto is 44) of
# struct control; the acceptor is held meanwhile, but not main.
flood_of() {
	python3 -c '
import struct, sys
kind, text, fd = int(sys.argv[1]), sys.argv[2].encode(), sys.argv[3]
msg = struct.pack("=Ii240s", kind, 0, text).hex()
for n in range(1000):
    print(f"{kind}.{n}: 44 {fd} hex:{msg} 248 0x40 0 0")' "$1" "$2" $control
}
lines=$(messages)
start=$(now_ms)
for type in 1 2 3 4; do
	flood_of $type "nothing that is true"
done >"$tmp/calls"
intrude call "$flood" <"$tmp/calls" >"$tmp/sent" &
sender=$!
record "$sender"
echoes "$ADDR_other" "meanwhile"
wait_until 10 sessions_are other 0 || fail "a session of the other one stays"
wait_exit "$sender" 120 || fail "it exits with $?"
ms=$(($(now_ms) - start))
sent=$(grep -c ': ok' "$tmp/sent")
echo "$sent of 4000 messages in $ms ms"
[ "$sent" -gt 2000 ] || fail "$sent messages only were sent"
echoes "$ADDR_other" "then"
echoes "$ADDR_flood" "then, of the service itself,"
lines=$(($(messages) - lines))
echo "$lines lines of it in the log"
[ "$lines" -le $((4 + ms / 1000)) ] || fail "$lines lines are logged"

# The count comes with the end of that acceptor, at the latest.
kill -KILL "$flood"
wait_for_log "messages of the acceptor $flood are not shown"
wait_until 20 new_acceptor flood "$flood" || fail "it is not restarted"
echoes "$ADDR_flood" "of the next acceptor"
stop_tined
