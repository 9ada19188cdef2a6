#!/bin/bash
# Goal of this test: ps shows what each process does, and never a peer.
. "$(dirname "$0")/../lib/behaviour.sh"
require socat

start_tined -l 127.0.0.1:0 -l "unix:$tmp/s" -s echo -o instances=77
titles() { ps -ww -o args= -p "$(descendants "$PID" | xargs | tr ' ' ,)"; }
title_is() { titles | grep -Eq "$1"; }
titles
# Without systemd the title has no count, as nothing refreshes it.
title_is '^tined: main: serving 1 service$' || fail "no main"
title_is '^tined: logger' || fail "no logger"
title_is '^tined-acceptor: echo 0/77' || fail "no acceptor"

mkfifo "$tmp/hold"
exec 7<>"$tmp/hold"
for n in 1 2 3; do
	socat - "$(socat_address "$ADDR_echo")" <"$tmp/hold" >/dev/null &
	record $!
done
socat - "UNIX-CONNECT:$tmp/s" <"$tmp/hold" >/dev/null &
record $!
# Refreshed once a second at most.
wait_until 5 title_is '^tined-acceptor: echo 4/77' || fail "not 4/77: $(titles)"
titles
same "sessions" 4 "$(pgrep -P "$(acceptors)" | wc -l)"
titles | grep -E '127\.0\.0\.1|uid' && fail "a peer in a title"
exec 7>&-
for pid in "${others[@]}"; do
	kill "$pid"
done
wait_until 5 title_is '^tined-acceptor: echo 0/77' || fail "not 0/77: $(titles)"
stop_tined

# One that drains says so, though nothing else has changed.
start_tined -l 127.0.0.1:0 -s echo
exec 7<>"$tmp/hold"
socat - "$(socat_address "$ADDR_echo")" <"$tmp/hold" >/dev/null &
client=$!
record "$client"
wait_until 5 title_is '^tined-acceptor: echo 1/1024$' || fail "not 1: $(titles)"
kill -TERM "$PID"
wait_until 5 title_is '^tined-acceptor: echo 1/1024 draining$' ||
	fail "not draining: $(titles)"
exec 7>&-
kill "$client"
wait_exit "$PID" 40 || fail "it does not stop"

# Names as long as the title, or nearly, are cut.
real=$TINED
TINED=$tmp/tined
for name in 12 13 14 28 29 30 31; do
	name=$(printf "%0$((name - 5))d" 0 | tr 0 /)tined
	cat >"$TINED" <<END
#!/bin/bash
exec -a $name "$real" "\$@"
END
	chmod 0755 "$TINED"
	start_tined -l 127.0.0.1:0 -s echo
	title_is '^tined: main: serving 1 service$' && title_is '^tined: logger$' ||
		fail "called $name: $(titles | cat -A)"
	stop_tined
done
exit 0
