#!/bin/bash
# Goal of this test: a session has its connection and standard descriptors, and no other.
# shellcheck source=../lib/behaviour.sh
. "$(dirname "$0")/../lib/behaviour.sh"
require socat

# The descriptors of a shell that reads no script.
cat >"$tmp/program" <<'END'
#!/bin/sh
exec sh -c 'ls -l /proc/$$/fd; :'
END
chmod 755 "$tmp/program"

# Descriptors of whoever starts tined are nobody's business.
exec 5<"$0" 6<"$0" 200<"$0"
file=$(config <<END
service echo { listen = {"127.0.0.1:0", "unix:$tmp/s"} builtin = echo acceptors = 2 }
service lists { listen = {"127.0.0.1:0"} acceptors = 2
	exec = {"$tmp/program"} }
service null { listen = {"127.0.0.1:0"} stderr = null
	exec = {"$tmp/program"} }
service socket { listen = {"127.0.0.1:0"} stderr = socket
	exec = {"$tmp/program"} }
END
)
start_tined -c "$file"

# Built-in: a held connection's session, as seen from outside.
mkfifo "$tmp/hold"
exec 7<>"$tmp/hold"
socat - "$(socat_address "$ADDR_echo")" <"$tmp/hold" >/dev/null &
record $!
sessions() {
	local acceptor
	for acceptor in $(acceptors); do
		pgrep -P "$acceptor"
	done
}
has_session() { [ -n "$(sessions)" ]; }
wait_until 10 has_session || fail "no session"
session=$(sessions)
# It has just been forked, and closes the listeners first.
one_socket() {
	[ "$(find "/proc/$session/fd" -lname 'socket:*' -printf '%l\n' |
		sort -u | wc -l)" -eq 1 ]
}
wait_until 5 one_socket || fail "more than one socket: $(ls -l "/proc/$session/fd")"
ls -l "/proc/$session/fd"
more=$(find "/proc/$session/fd" ! -lname 'socket:*' ! -lname /dev/null -type l |
	if [ "$WIDE_SANDBOX" = 0 ]; then cat; else grep -v '/2$'; fi)
same "what else it has" "" "$more"

# Programs.
descriptors() {
	ask "$1" </dev/null | sed -n 's/.* \([0-9]*\) -> /\1 /p'
}
got=$(descriptors "$ADDR_lists")
same "descriptors of a program" "0 1 2" "$(cut -d' ' -f1 <<<"$got" | xargs)"
same "0 and 1" 1 "$(grep '^[01] socket:' <<<"$got" | cut -d' ' -f2 | sort -u | wc -l)"
grep -q '^2 pipe:' <<<"$got" || fail "2: $got"
got=$(descriptors "$ADDR_null")
same "stderr = null" "0 1 2" "$(cut -d' ' -f1 <<<"$got" | xargs)"
[ "$WIDE_SANDBOX" != 0 ] || grep -qx '2 /dev/null' <<<"$got" ||
	fail "stderr = null: $got"
got=$(descriptors "$ADDR_socket")
same "stderr = socket" 1 "$(grep '^[012] socket:' <<<"$got" | cut -d' ' -f2 | sort -u | wc -l)"
same "its descriptors" "0 1 2" "$(cut -d' ' -f1 <<<"$got" | xargs)"
kill "${others[0]}"
exec 7>&-
stop_tined
