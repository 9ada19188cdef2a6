#!/bin/bash
# Goal of this test: of several starts that race for one stale Unix path exactly
# one wins; a live one is not touched, also when its backlog is full, or when it
# is bound and does not listen yet.
. "$(dirname "$0")/../lib/behaviour.sh"
require socat ss python3 flock

path=$tmp/s
racers=6
for round in 1 2 3 4 5; do
	# Stale: its server is gone.
	rm -f "$path"
	socat "UNIX-LISTEN:$path" PIPE 2>/dev/null &
	stale=$!
	record "$stale"
	wait_until 10 test -S "$path" || fail "no socket"
	kill -KILL "$stale"
	wait "$stale" 2>/dev/null
	[ -S "$path" ] || fail "nothing stale"

	pids=()
	for racer in $(seq $racers); do
		launch -l "unix:$path" -s whoami
		pids+=("$PID")
	done
	# All but one end, by themselves.
	one_is_left() {
		local n=0 pid
		for pid in "${pids[@]}"; do
			! alive "$pid" || n=$((n + 1))
		done
		[ "$n" -eq 1 ]
	}
	wait_until 15 one_is_left || fail "round $round: not exactly one won"
	for pid in "${pids[@]}"; do
		if alive "$pid"; then
			winner=$pid
		else
			status=0
			wait "$pid" || status=$?
			same "exit status of a loser" 69 "$status"
		fi
	done
	answer=$(ask "unix:$path" </dev/null) || fail "round $round: no answer"
	grep -q '^service: whoami$' <<<"$answer" || fail "round $round: $answer"
	stop_tined "$winner"
	same "what is left" "" "$(ls -d "$path"* 2>/dev/null)"
done

# They race for a live one of another program, which knows no lock and does not
# accept; its queue is full.
socat "UNIX-LISTEN:$path,backlog=0" PIPE,rdonly 2>/dev/null &
other=$!
record "$other"
listens() { [ -n "$(ss -xlH src "$path")" ]; }
wait_until 10 listens || fail "socat does not listen"
kill -STOP "$other"
for _ in 1 2 3; do
	socat -u "UNIX-CONNECT:$path" - >/dev/null 2>&1 &
	record $!
done
full() { [ "$(ss -xlH src "$path" | awk '{ print $3 }')" -gt 0 ]; }
wait_until 10 full || fail "the queue is not full: $(ss -xl src "$path")"
inode=$(stat -c %i "$path")
pids=()
for racer in $(seq $racers); do
	launch -l "unix:$path" -s whoami
	pids+=("$PID")
done
for pid in "${pids[@]}"; do
	status=0
	wait_exit "$pid" 15 || status=$?
	same "exit status" 69 "$status"
done
grep -q "unix:$path: " "$LOG" || fail "it does not say why"
same "the other's live one" "$inode" "$(stat -c %i "$path")"
same "what it still does" T "$(ps -o state= -p "$other")"

# Bound by another user's process, which listens at a signal; in a directory
# that all may write to.
mkdir -m 1777 "$tmp/all"
path=$tmp/all/s
cat >"$tmp/bind.py" <<'END'
import os, signal, socket, sys
if os.geteuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
s = socket.socket(socket.AF_UNIX)
s.bind(sys.argv[1])
os.chmod(sys.argv[1], 0o666)
print("bound", flush=True)
signal.sigwait([signal.SIGUSR1])
s.listen()
c, _ = s.accept()
c.sendall(b"theirs\n")
c.close()
END
python3 "$tmp/bind.py" "$path" >"$tmp/bound" 2>&1 &
binder=$!
record "$binder"
wait_until 10 grep -qs bound "$tmp/bound" || fail "not bound: $(cat "$tmp/bound")"
inode=$(stat -c %i "$path")
refuses 69 "unix:$path: another process has bound it" \
	-f -l "unix:$path" -s whoami
same "what is bound" "$inode" "$(stat -c %i "$path")"
kill -USR1 "$binder"
answers() { [ "$(ask "unix:$path" </dev/null 2>/dev/null)" = theirs ]; }
wait_until 10 answers || fail "it does not serve"
wait "$binder"

# The same on an overlay, whose files have other device numbers in stat(2) than
# in the kernel's tables of sockets, and from another network namespace.
if [ "$(id -u)" -eq 0 ] && unshare --mount --net true 2>/dev/null; then
	cat >"$tmp/apart.sh" <<-'END'
	mount -t tmpfs none "$1" && mkdir "$1/upper" "$1/work" "$1/over" &&
	    mount -t overlay -o "lowerdir=/usr/share/doc,upperdir=$1/upper" \
	        -o "workdir=$1/work" none "$1/over" && chmod 1777 "$1/over" || exit 1
	python3 "$2" "$1/over/s" >"$1/bound" 2>&1 &
	until grep -qs bound "$1/bound"; do kill -0 $! || exit 1; done
	unshare --net "$3" -f -l "unix:$1/over/s" -s whoami
	status=$?
	kill $!
	exit $status
	END
	mkdir "$tmp/apart"
	status=0
	unshare --mount timeout 30 bash "$tmp/apart.sh" "$tmp/apart" \
	    "$tmp/bind.py" "$TINED" >"$tmp/apart.out" 2>&1 || status=$?
	cat "$tmp/apart.out"
	same "exit status on an overlay" 69 "$status"
	grep -q "/over/s: another process has bound it" "$tmp/apart.out" ||
	    fail "it does not see who has bound it on an overlay"
fi

# Dead, and another user's: only what a tined has left is replaced.
if [ "$(id -u)" -eq 0 ]; then
	refuses 69 "unix:$path: it belongs to uid 65534" -f -l "unix:$path" -s whoami
	same "a dead one of another user's" "$inode" "$(stat -c %i "$path")"
	rm "$path"
	conf=$(config <<-END
	service whoami {
		listen = {"unix:$path"}
		builtin = whoami
		socket_user = "65534"
	}
	END
	)
	start_tined -c "$conf"
	same "the owner" 65534 "$(stat -c %u "$path")"
	kill -KILL "$PID"
	wait "$PID" 2>/dev/null
	# Its acceptor closes the listener when it notices that.
	nobody_listens() { [ -z "$(ss -xlH src "$path")" ]; }
	wait_until 10 nobody_listens || fail "the old acceptor still listens"
	start_tined -c "$conf"
	answer=$(ask "unix:$path" </dev/null)
	grep -q '^service: whoami$' <<<"$answer" || fail "not taken over: $answer"
	stop_tined

	# Another user's lock file does not prevent a start.
	setpriv --reuid 65534 --regid 65534 --clear-groups \
	    flock -x "$path.lock" sleep 100 &
	record $!
	wait_until 10 test -e "$path.lock" || fail "no lock file"
	start_tined -c "$conf"
	stop_tined
	same "what is left" "$path.lock" "$(ls -d "$path"*)"
	same "whose it is" 65534 "$(stat -c %u "$path.lock")"
fi
exit 0
