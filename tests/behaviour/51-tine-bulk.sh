#!/bin/bash
# Goal of this test: a gigabyte each way at the same time comes through tine
# whole and in order, with bounded memory, also when the reader is slow.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/client.sh"
require sha256sum

# Address space for two buffers, two stacks and the libraries; sanitizers need
# more.
bounded() {
	[ "$WIDE_SANDBOX" != 0 ] || ulimit -v 65536
	exec timeout 250 "$TINE" "$@"
}

# through SIZE READER...: echoes so much and compares.
through() {
	local size=$1
	shift
	head -c "$size" < <(seq 1 1000000000 2>/dev/null) |
		tee >(sha256sum >"$tmp/sent") |
		(bounded "$PEER") | "$@" | sha256sum >"$tmp/got" ||
		fail "$size bytes through $*"
	wait_until 10 test -s "$tmp/sent"
	same "$size bytes through $*" "$(cat "$tmp/sent")" "$(cat "$tmp/got")"
}

slowly() {
	local i
	for ((i = 0; i < 10; i++)); do
		head -c 1000
		sleep 0.02
	done
	cat
}

peer echo
set -o pipefail
through 1G cat
through 32M slowly
through 0 cat
through 1 cat

# Input after the peer's end of file is still sent: the peer shuts its side down
# first and reads on.
peer sink
seq 3000000 >"$tmp/question"
"$TINE" "$PEER" <"$tmp/question" >"$tmp/got" || fail "to a sink: $?"
wait_until 10 grep -q bytes "$PEER_OUT" || fail "the sink has no end"
same "what the sink took" "$(wc -c <"$tmp/question") bytes" \
	"$(tail -n 1 "$PEER_OUT")"
