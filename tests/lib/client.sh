# shellcheck shell=bash
# What the tests of tine share, beside behaviour.sh: peers for it.

MISBEHAVE=${MISBEHAVE:-$top_builddir/tests/tine/misbehave}
PEER=	# the address of the last peer
PEER_PID=
PEER_OUT=	# its standard output
HELD=
# shellcheck disable=SC2034 # for the tests
WRITER=

# peer HOW [EVERY [MS]]: starts a server that misbehaves so (see misbehave.c);
# `peer echo` does not. Sets PEER, PEER_PID, PEER_OUT.
peer() {
	peer_at 0 "$@"
}

# peer_at PORT_OR_PATH HOW [EVERY [MS]]
peer_at() {
	PEER_OUT=$(mktemp "$tmp/peer.XXXXXX") || exit 99
	"$MISBEHAVE" "$@" >"$PEER_OUT" &
	PEER_PID=$!
	record "$PEER_PID"
	wait_until 10 test -s "$PEER_OUT" || fail "no server: misbehave $*"
	PEER=$(head -n 1 "$PEER_OUT")
}

end_peer() {
	kill -KILL "$PEER_PID"
	wait "$PEER_PID" 2>/dev/null
}

# hold ADDRESS [SOCAT'S OPTIONS]: a session that stays while the test runs. Sets
# HELD, its client, and WRITER, a descriptor for what the client sends.
hold() {
	local fifo
	fifo=$(mktemp -u "$tmp/hold.XXXXXX")
	mkfifo "$fifo"
	socat - "$(socat_address "$1")${2:-}" <"$fifo" >/dev/null 2>&1 &
	HELD=$!
	record "$HELD"
	exec {WRITER}>"$fifo"
}

# figure KEY: a number from the JSON object on standard input.
figure() {
	sed -n "s/^ *\"$1\": \\([0-9.]*\\),\\{0,1\\}\$/\\1/p"
}

# run COMMAND...: its output goes to $tmp/out and $tmp/err; sets STATUS.
run() {
	STATUS=0
	timeout 60 "$@" >"$tmp/out" 2>"$tmp/err" || STATUS=$?
}

# expect WHAT STATUS: the exit status of the last run.
expect() {
	[ "$STATUS" = "$2" ] || {
		cat "$tmp/out" "$tmp/err" >&2
		fail "$1: exit status $STATUS, not $2"
	}
}

# says FILE PATTERN: an extended regular expression in $tmp/FILE.
says() {
	grep -Eq -- "$2" "$tmp/$1" || {
		cat "$tmp/$1" >&2
		fail "not in $1: $2"
	}
}

# has_threads PID: tine bench has begun its work.
has_threads() {
	[ "$(find "/proc/$1/task" -mindepth 1 -maxdepth 1 2>/dev/null | wc -l)" -gt 1 ]
}
