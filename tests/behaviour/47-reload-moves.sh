#!/bin/bash
# Goal of this test: a reload moves addresses between services with their
# sockets, so that no connection is lost; services that exchange addresses take
# over together or not at all.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
require socat python3

# serves SERVICE ADDRESS: that service answers there.
serves() {
	local answer
	answer=$(ask "$2" </dev/null) || fail "no answer from $2"
	same "the service at $2" "$1" "$(sed -n 's/^service: //p' <<<"$answer")"
}

# service NAME ADDRESS... [-- DIRECTIVE...]: one of whoami.
service() {
	local name=$1 list=
	shift
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		list+="${list:+, }\"$1\""
		shift
	done
	[ $# -eq 0 ] || shift
	echo "service $name { listen = {$list} builtin = ${BUILTIN:-whoami} $* }"
}

conf=$({
	service a 127.0.0.1:0
	service b 127.0.0.1:0
	service c 127.0.0.1:0 "unix:$tmp/c"
	service d "unix:$tmp/d" -- socket_mode = 0600
} | config)
start_tined -c "$conf"
# From now on by their numbers: a port 0 is the same one in its service only.
a=$ADDR_a b=$ADDR_b c=$ADDR_c
c_inode=$(stat -c %i "$tmp/c")
d_inode=$(stat -c %i "$tmp/d")

# Exchanged, Unix paths as well, which get the mode of their new service.
{
	service a "$b" -- backlog = 7
	service b "$a" -- backlog = 9
	service c "$c" "unix:$tmp/d" -- socket_mode = 0622
	service d "unix:$tmp/c" -- socket_mode = 0640 backlog = 8
} >"$conf"
reload
serves a "$b"
serves b "$a"
serves c "unix:$tmp/d"
serves d "unix:$tmp/c"
same "the paths are the same sockets" "$c_inode $d_inode" \
    "$(stat -c %i "$tmp/c") $(stat -c %i "$tmp/d")"
same "their modes" "640 622" "$(stat -c %a "$tmp/c") $(stat -c %a "$tmp/d")"
# backlog ADDRESS: of who listens there, as ss(8) shows it.
backlog() {
	ss -Hltnx | awk -v at="${1#unix:}" '$5 == at { print $4 }'
}
if command -v ss >/dev/null; then
	same "the backlogs" "7 9 8" \
	    "$(backlog "$b") $(backlog "$a") $(backlog "unix:$tmp/c")"
fi
wait_for_log "^notice listening service=a address=$b"
wait_for_log "^notice listening service=d address=unix:$tmp/c"
wait_for_log " end service=d .*local=unix:$tmp/c"
wait_for_log " end service=c .*local=unix:$tmp/d"

# A chain: a's goes to b, b's to c, c's to a new one; and d goes.
{
	service a 127.0.0.1:0
	service b "$b"
	service c "$a" "unix:$tmp/d"
	service e "$c" "unix:$tmp/c"
} >"$conf"
reload
serves b "$b"
serves c "$a"
serves e "$c"
serves e "unix:$tmp/c"
serves c "unix:$tmp/d"

# One that is split, one that has all.
{
	service a "$a"
	service b "$b" "$c" "unix:$tmp/c" "unix:$tmp/d"
} >"$conf"
reload
serves a "$a"
for address in "$b" "$c" "unix:$tmp/c" "unix:$tmp/d"; do
	serves b "$address"
done
{
	service one "$b"
	service two "$c"
	service three "unix:$tmp/c"
	service four "unix:$tmp/d" "$a"
} >"$conf"
reload
serves one "$b"
serves two "$c"
serves three "unix:$tmp/c"
serves four "unix:$tmp/d"
serves four "$a"
same "still the same sockets" "$c_inode $d_inode" \
    "$(stat -c %i "$tmp/c") $(stat -c %i "$tmp/d")"
gone() {
	[ -z "$(acceptor a)$(acceptor b)" ]
}
wait_until 10 gone || fail "acceptors of removed services"

# A name and its addresses.
if grep -q '^127\.0\.0\.1.*\blocalhost\b' /etc/hosts; then
	{
		service one "localhost:$(port "$b")"
		service two "$c"
	} >"$conf"
	reload
	{
		service two "$b"
		service one "localhost:$(port "$c")"
	} >"$conf"
	reload
	serves one "$c"
	serves two "$b"
fi

# -------------------------------------------- what waits in the kernel's queue

{
	service one "$b" "unix:$tmp/c"
	service two "$c" "unix:$tmp/d"
} >"$conf"
reload
mapfile -t stopped < <(acceptor one; acceptor two)
kill -STOP "${stopped[@]}"
for address in "$b" "$c" "unix:$tmp/c" "unix:$tmp/d"; do
	name=$tmp/queued.$(basename "${address//:/.}")
	ask "$address" 60 </dev/null >"$name" &
	record $!
	queued+=("$name")
done
queue_is() {
	[ "$(ss -Hltx | awk -v path="$tmp/d" '$5 == path { print $3 }')" = 1 ]
}
command -v ss >/dev/null && {
	wait_until 10 queue_is || fail "nothing is queued"
}
{
	service two "$b" "unix:$tmp/c"
	service one "$c" "unix:$tmp/d"
} >"$conf"
reload
for i in 0 1 2 3; do
	wait_until 10 test -s "${queued[$i]}" ||
		fail "what was queued is lost: ${queued[$i]}"
done
same "the services of what was queued" "two one two one" \
    "$(sed -n 's/^service: //p' "${queued[@]}" | xargs)"
# The log warns that the old acceptors have not confirmed that they stopped
# accepting.
wait_for_lines 2 '^warning .*the old acceptor [0-9]+ does not answer'
kill -CONT "${stopped[@]}"
for pid in "${stopped[@]}"; do
	wait_until 10 dead "$pid" || fail "the old acceptor $pid stays"
done

# --------------------------------------------------- not ready: all or nothing

# `one` is ready, `two`, with its limit, never is: both stay as they are.
{
	service one "$b" "unix:$tmp/c" -- instances = 77
	cat <<-END
	service two {
		listen = {"$c", "unix:$tmp/d"}
		exec = {"/bin/cat"}
		rlimit_nofile = 2147483647
	}
	service new { listen = {"127.0.0.1:0"} builtin = whoami }
	END
} >"$conf"
before=$(acceptor one; acceptor two)
kill -HUP "$PID"
wait_for_log '^error .*reload incomplete'
wait_for_log '^error .*two: the acceptor does not start: .*rlimit_nofile'
wait_for_log '^error .*two: the new acceptor is not ready, the old one stays'
wait_for_log '^error .*one: the old acceptor stays as well'
serves two "$b"
serves two "unix:$tmp/c"
serves one "$c"
serves one "unix:$tmp/d"
same "instances of one" 1024 "$(state one instances)"
as_before() {
	[ "$(acceptor one; acceptor two)" = "$before" ]
}
wait_until 10 as_before || fail "acceptors: $before, then $(acceptor one; acceptor two)"
# A service without a part in the exchange is served.
[ "$(state new acceptors)" = 1 ] || fail "new does not run"
same "the modes" "666 666" "$(stat -c %a "$tmp/c") $(stat -c %a "$tmp/d")"
# An acceptor that dies is started again on what its service still has.
kill -KILL "$(acceptor two)"
wait_for_log '^error restarted service=two'
serves two "$b"

# A removed service stays where the one that is to take its address fails.
{
	cat <<-END
	service three {
		listen = {"$b", "unix:$tmp/c"}
		exec = {"/bin/cat"}
		rlimit_nofile = 2147483647
	}
	END
	service one "$c" "unix:$tmp/d"
} >"$conf"
kill -HUP "$PID"
wait_for_lines 2 '^error .*reload incomplete'
wait_for_log '^error .*three: the new acceptor is not ready, it is not served'
wait_for_log '^error .*two: the old acceptor stays as well'
serves two "$b"
serves one "$c"

# Neither ready nor dead in 5 s: the same.
{
	service one "$b" "unix:$tmp/c"
	service two "$c" "unix:$tmp/d"
} >"$tmp/exchanged"
delay() {
	strace -f -o /dev/null -e trace=execve,execveat \
	    -e inject=execve,execveat:delay_enter=20000000 -p "$PID" 2>"$tmp/strace" &
	STRACE=$!
	record "$STRACE"
	wait_until 10 grep -qs ' attached' "$tmp/strace"
}
if command -v strace >/dev/null && delay; then
	cp "$tmp/exchanged" "$conf"
	start=$(now_ms)
	kill -HUP "$PID"
	wait_for_lines 3 '^error .*reload incomplete' 20
	ms=$(($(now_ms) - start))
	[ "$ms" -ge 5000 ] || fail "given up after $ms ms"
	wait_for_log '^error .*one: the new acceptor is not ready, the old one stays'
	serves two "$b"
	serves one "$c"
	serves one "unix:$tmp/d"
	kill -TERM "$STRACE"
	wait_exit "$STRACE"
fi

# Refused: everything stays, whatever was already where.
{
	service one "$b" "unix:$tmp/c" "unix:$tmp/new"
	service two "$c" "unix:$tmp/d" "192.0.2.1:0"
} >"$conf"
kill -HUP "$PID"
wait_for_log 'reload refused'
serves two "$b"
serves two "unix:$tmp/c"
serves one "$c"
serves one "unix:$tmp/d"
[ ! -e "$tmp/new" ] || fail "what a refused reload opened stays"

# And then it can be done.
cp "$tmp/exchanged" "$conf"
reload
serves one "$b"
serves two "unix:$tmp/d"

# -------------------------------------------------------------- under a load

BUILTIN="echo"
{
	service one "$b" "unix:$tmp/c" -- acceptors = 2
	service two "$c" "unix:$tmp/d"
} >"$conf"
reload
start_load "$tmp/load" "$b" "$c" "unix:$tmp/c" "unix:$tmp/d"
for ((i = 0; i < 10; i++)); do
	{
		service two "$b" "unix:$tmp/c" -- acceptors = 2
		service one "$c" "unix:$tmp/d"
	} >"$conf"
	reload
	{
		service one "$b" "unix:$tmp/c" -- acceptors = 2
		service two "$c" "unix:$tmp/d"
	} >"$conf"
	reload
done
end_load
same "connections lost of $DONE in 20 exchanges" 0 "$FAILED"
echo "$DONE connections, 20 exchanges, none lost"
stop_tined
[ ! -e "$tmp/c" ] || fail "a path that was moved is left at the end"
[ -z "$(ls "$tmp"/*.lock 2>/dev/null)" ] || fail "a lock file is left"
