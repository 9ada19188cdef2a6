#!/bin/bash
# Goal of this test: tine joins standard input and output to a connection, over
# every kind of socket, and says which step failed.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/client.sh"
require socat ncat ss

hello() {
	same "$1" "hello" "$(echo hello | timeout 10 "$TINE" "${@:2}")"
}

# a real peer for each kind of socket; the kernel chooses the port
server() {
	local type=$1 log
	log=$(mktemp "$tmp/socat.XXXXXX")
	socat -d -d "$type",fork "${2:-PIPE}" 2>"$log" &
	record $!
	wait_until 10 grep -q 'listening on' "$log" || fail "no socat $type"
	PORT=$(sed -n 's/.*listening on .*:\([0-9]*\)$/\1/p' "$log")
}

server TCP4-LISTEN:0,bind=127.0.0.1
hello "IPv4" "127.0.0.1:$PORT"
hello "a name" "localhost:$PORT"
hello "a name, -4" -4 "localhost:$PORT"
hello "no host" ":$PORT"
hello "the command by name" connect "127.0.0.1:$PORT"
hello "a local address" -b 127.0.0.77 "127.0.0.1:$PORT"
same "-x" "a line" "$("$TINE" -x "a line" "127.0.0.1:$PORT" </dev/null)"
same "long options" "x" \
	"$("$TINE" --ipv4 --timeout=3s --request=x "localhost:$PORT")"
run "$TINE" -6 "127.0.0.1:$PORT"
expect "-6 and an IPv4 address" 1
says err '^tine: resolve 127\.0\.0\.1:'

if [ -e /proc/net/if_inet6 ]; then
	server 'TCP6-LISTEN:0,bind=[::1]'
	hello "IPv6" "[::1]:$PORT"
fi

socat -d -d "UNIX-LISTEN:$tmp/s,fork" PIPE 2>"$tmp/log" &
record $!
# The path exists before the socket listens.
wait_until 10 grep -q "listening on" "$tmp/log" || fail "no Unix socket"
hello "a Unix socket" "unix:$tmp/s"
name=tine-test-$$
socat -d -d "ABSTRACT-LISTEN:$name,fork" PIPE 2>"$tmp/log.abstract" &
record $!
wait_until 10 grep -q listening "$tmp/log.abstract" || fail "no abstract socket"
hello "an abstract socket" "unix:@$name"

# a peer that answers only once it has seen our end of file
cat >"$tmp/after" <<-'END'
	#!/bin/sh
	timeout "$1" cat >/dev/null
	echo "status $?"
END
chmod +x "$tmp/after"
server TCP4-LISTEN:0,bind=127.0.0.1 "EXEC:$tmp/after 20"
same "half-close" "status 0" \
	"$(seq 100000 | timeout 10 "$TINE" "127.0.0.1:$PORT")"
same "half-close after -x" "status 0" "$("$TINE" -x hi "127.0.0.1:$PORT")"

# -N: it never sees one, and ends on its own
server TCP4-LISTEN:0,bind=127.0.0.1 "EXEC:$tmp/after 0.5"
same "-N" "status 124" "$(timeout 10 "$TINE" -N "127.0.0.1:$PORT" </dev/null)"

# ncat takes all and answers, each direction for itself
listening_port() {
	PORT=$(ss -Hltnp | sed -n "s/.* 127\.0\.0\.1:\([0-9]*\) .*pid=$1,.*/\1/p")
	[ -n "$PORT" ]
}
seq 5 >"$tmp/answer"
ncat -l 127.0.0.1 0 <"$tmp/answer" >"$tmp/taken" &
pid=$!
record $pid
wait_until 10 listening_port $pid || fail "no ncat"
seq 100000 >"$tmp/question"
"$TINE" "127.0.0.1:$PORT" <"$tmp/question" >"$tmp/got" || fail "ncat: $?"
wait_exit $pid
cmp "$tmp/answer" "$tmp/got" || fail "ncat's answer"
cmp "$tmp/question" "$tmp/taken" || fail "what ncat took"

# failures, each with its step
peer reset
run "$TINE" -x hi "$PEER"
expect "reset" 1
says err "^tine: read $PEER: Connection reset by peer\$"
end_peer
run "$TINE" "$PEER"
expect "no listener" 1
says err "^tine: connect $PEER: Connection refused\$"
run "$TINE" "unix:$tmp/none"
expect "no such path" 1
says err "^tine: connect unix:$tmp/none: No such file or directory\$"
run "$TINE" no-such-host.invalid:7
expect "no such host" 1
says err '^tine: resolve no-such-host\.invalid:7: '
same "one line" 1 "$(wc -l <"$tmp/err")"
peer echo
run "$TINE" -x hi "$PEER" -v
expect "options behind the address" 64
for wrong in "" "no-port" "a:1 b:2" "--nonsense a:1" "-w never a:1" \
	"-b 10.0.0.0/8 a:1" "systemd:x" "a:0"; do
	# shellcheck disable=SC2086 # words
	run "$TINE" $wrong
	expect "'$wrong'" 64
done
status=0
"$TINE" -x hi "$PEER" 2>"$tmp/err" >/dev/full || status=$?
same "a full device" 1 "$status"
says err '^tine: write standard output .*: No space left on device$'

# -v
run "$TINE" -v -x hello "$PEER"
expect "-v" 0
says err "^tcp 127\.0\.0\.1:[0-9]+ -> $PEER, connected in [0-9.]+ [um]?s\$"
says err '^sent 6 bytes, received 6 bytes in '
says err '^tcp rtt [0-9.]+ [um]?s, .* 0 segments retransmitted$'
same "standard output" hello "$(cat "$tmp/out")"

# closed descriptors are not taken for the connection
"$TINE" "$PEER" <&- || fail "without standard input: $?"
[ "$("$TINE" -x hello "$PEER" 2>&-)" = hello ] || fail "without stderr"

# SIGINT ends it at once
mkfifo "$tmp/fifo"
exec 8<>"$tmp/fifo"
# env: what a shell starts in the background ignores SIGINT
env --default-signal=INT "$TINE" "$PEER" <"$tmp/fifo" >"$tmp/got" &
pid=$!
record $pid
echo there >&8
wait_until 10 grep -q there "$tmp/got" || fail "no answer"
kill -INT $pid
status=0
wait_exit $pid 2 || status=$?
same "after SIGINT" 130 "$status"
