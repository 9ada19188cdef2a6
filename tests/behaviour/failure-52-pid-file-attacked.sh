#!/bin/bash
# Goal of this test: a pid file in another user's directory, replaced by a link
# to root's file at any moment, is never followed; a read lock on it does not
# prevent a start.
. "$(dirname "$0")/../lib/behaviour.sh"
require python3

serve=(-l 127.0.0.1:0 -s echo)

# ------------------------------------------------ held by who may only read it

# Like this every user can hold it, also while no tined runs.
cat >"$tmp/hold.py" <<'END'
import fcntl, os, sys, time
if os.geteuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
fds = [os.open(path, os.O_RDONLY) for path in sys.argv[1:]]
for fd in fds:
    fcntl.flock(fd, fcntl.LOCK_EX)
    fcntl.lockf(fd, fcntl.LOCK_SH)
print("held", flush=True)
time.sleep(100)
END
# hold_file FILE...: until `kill $HOLDER`.
hold_file() {
	rm -f "$tmp/holds"
	python3 "$tmp/hold.py" "$@" >"$tmp/holds" 2>&1 &
	HOLDER=$!
	record "$HOLDER"
	wait_until 10 grep -qs held "$tmp/holds" ||
		fail "no lock: $(cat "$tmp/holds")"
}

mkdir "$tmp/run"
pid_file=$tmp/run/tined.pid
echo 4711 >"$pid_file"
hold_file "$pid_file"
start_tined "${serve[@]}" -p "$pid_file"
same "the pid file that others have locked" "$PID" "$(cat "$pid_file")"

# And it is still one main that has it.
refuses 69 "^tined: pid file $pid_file: already running, pid $PID$" \
	-f "${serve[@]}" -p "$pid_file"
same "the pid file after a second start" "$PID" "$(cat "$pid_file")"
if [ "$(id -u)" -eq 0 ]; then
	[ -e "$pid_file.lock" ] || fail "there is no lock file"
	! setpriv --reuid 65534 --regid 65534 --clear-groups \
	    cat "$pid_file.lock" 2>/dev/null ||
		fail "others can open the lock file"
fi

# Killed, so that all is left as it was; and taken over.
kill -KILL "$PID"
wait "$PID" 2>/dev/null
start_tined "${serve[@]}" -p "$pid_file"
same "the pid file after a takeover" "$PID" "$(cat "$pid_file")"
kill "$HOLDER"
stop_tined
same "what is left" "" "$(ls -A "$tmp/run")"

# Several starts at once, with the file locked: one has it.
echo 4711 >"$pid_file"
hold_file "$pid_file"
pids=()
for _ in 1 2 3 4 5 6; do
	launch "${serve[@]}" -p "$pid_file"
	pids+=("$PID")
done
one_is_left() {
	local n=0 pid
	for pid in "${pids[@]}"; do
		dead "$pid" || n=$((n + 1))
	done
	[ "$n" -eq 1 ]
}
wait_until 15 one_is_left || fail "not exactly one has it"
for pid in "${pids[@]}"; do
	dead "$pid" || winner=$pid
done
written() {
	[ "$(cat "$pid_file")" = "$winner" ]
}
wait_until 10 written || fail "the file has $(cat "$pid_file"), not $winner"
stop_tined "$winner"
kill "$HOLDER"

# ----------------------------------------- what a start finds in its directory

# Another user's directory, where there is one to be had.
dir=$tmp/theirs
mkdir "$dir"
pid_file=$dir/tined.pid
echo precious >"$tmp/precious"
if [ "$(id -u)" -eq 0 ]; then
	chown 65534:65534 "$dir"
fi
precious() {
	same "$1: the file" precious "$(cat "$tmp/precious")"
	same "$1: its mode" "$mode" "$(stat -c '%a %u %h' "$tmp/precious")"
}

mode=$(stat -c '%a %u %h' "$tmp/precious")
ln -s "$tmp/precious" "$pid_file"
refuses 71 "^tined: pid file $pid_file: not a regular file$" \
	-f "${serve[@]}" -p "$pid_file"
precious "a symbolic link"
rm "$pid_file"
ln "$tmp/precious" "$pid_file"
mode=$(stat -c '%a %u %h' "$tmp/precious")
refuses 71 "^tined: pid file $pid_file: it is a hard link, the file has another name$" \
	-f "${serve[@]}" -p "$pid_file"
precious "a hard link"
rm "$pid_file"

# The lock file is not to be had: the start is not prevented, nor is the other
# file touched.
mode=$(stat -c '%a %u %h' "$tmp/precious")
for lock in link directory hard; do
	case $lock in
	link) ln -s "$tmp/precious" "$pid_file.lock" ;;
	directory) mkdir "$pid_file.lock" ;;
	hard)
		ln "$tmp/precious" "$pid_file.lock"
		mode=$(stat -c '%a %u %h' "$tmp/precious")
		;;
	esac
	start_tined "${serve[@]}" -p "$pid_file"
	same "the pid file, the lock file being a $lock" "$PID" "$(cat "$pid_file")"
	refuses 69 "^tined: pid file $pid_file: already running, pid $PID$" \
		-f "${serve[@]}" -p "$pid_file"
	stop_tined
	precious "the lock file being a $lock"
	rm -r "$pid_file.lock"
done

if [ "$(id -u)" -eq 0 ]; then
	# Held by the directory's owner.
	setpriv --reuid 65534 --regid 65534 --clear-groups \
	    touch "$pid_file.lock"
	hold_file "$pid_file.lock"
	start_tined "${serve[@]}" -p "$pid_file"
	same "the pid file" "$PID" "$(cat "$pid_file")"
	stop_tined
	kill "$HOLDER"
	rm "$pid_file.lock"

	# Of a third user, who may have had it elsewhere.
	echo 1 >"$pid_file"
	chown 1:1 "$pid_file"
	refuses 71 "^tined: pid file $pid_file: it belongs to another user, uid 1$" \
		-f "${serve[@]}" -p "$pid_file"
	same "a third user's file" 1 "$(cat "$pid_file")"
	rm "$pid_file"
fi

# ------------------------------------------------------------------- the race

# Changes from a file to a link and back as fast as it can.
cat >"$tmp/race.py" <<'END'
import os, sys
name, target = sys.argv[1:]
if os.geteuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
os.symlink(target, name + ".link")
print("racing", flush=True)
while True:
    with open(name + ".file", "w"):
        pass
    os.rename(name + ".file", name)
    os.link(name + ".link", name + ".other", follow_symlinks=False)
    os.rename(name + ".other", name)
END
mode=$(stat -c '%a %u %h' "$tmp/precious")
python3 "$tmp/race.py" "$pid_file" "$tmp/precious" >"$tmp/races" 2>&1 &
racer=$!
record "$racer"
wait_until 10 grep -qs racing "$tmp/races" || fail "no race: $(cat "$tmp/races")"
served=0
for ((i = 0; i < 60; i++)); do
	# Whatever it comes to: the start fails behind the pid file.
	timeout 20 "$TINED" -f -l 192.0.2.1:0 -s echo -p "$pid_file" \
	    2>"$tmp/refused.err" </dev/null
	case $? in
	69) served=$((served + 1)) ;;
	71) ;;
	*) fail "exit status $?: $(cat "$tmp/refused.err")" ;;
	esac
	precious "in the race, start $i"
done
alive "$racer" || fail "the race is over: $(cat "$tmp/races")"
kill "$racer"
echo "of 60 starts $served had the pid file"
[ "$served" -gt 0 ] || fail "it was never a file"
# One that becomes ready writes into it.
rm -f "$pid_file"
start_tined "${serve[@]}" -p "$pid_file"
rm "$pid_file" && ln -s "$tmp/precious" "$pid_file"
stop_tined
precious "a link that took its place"
[ -L "$pid_file" ] || fail "the link that took its place is gone"
