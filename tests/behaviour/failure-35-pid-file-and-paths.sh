#!/bin/bash
# Goal of this test: a pid file, a Unix path or a port of another process is a
# clear error; stale ones are taken over; files that are not tined's are not
# removed.
. "$(dirname "$0")/../lib/behaviour.sh"
require socat python3

# --------------------------------------------------------------- the pid file

pid_file=$tmp/tined.pid
serve=(-l 127.0.0.1:0 -s echo -p "$pid_file")
start_tined "${serve[@]}"

# A second start is refused, and leaves the first one's file alone.
refuses 69 "^tined: pid file $pid_file: already running, pid $PID$" -f "${serve[@]}"
same "lines of the second start" 1 "$(wc -l <"$tmp/refused.err")"
same "the pid file after a second start" "$PID" "$(cat "$pid_file")"
alive "$PID" || fail "the first one has ended"
stop_tined
[ ! -e "$pid_file" ] || fail "it was not removed"

# The lock dies with main, whatever its children do.
start_tined "${serve[@]}"
old=$PID
kill -KILL "$PID"
wait "$PID"
same "the file of a killed main" "$old" "$(cat "$pid_file")"
start_tined "${serve[@]}"
same "the pid file after a takeover" "$PID" "$(cat "$pid_file")"
stop_tined

# Anything but a plain file is never followed, written or removed.
echo precious >"$tmp/target"
ln -s target "$pid_file"
refuses 71 "^tined: pid file $pid_file: not a regular file$" -f "${serve[@]}"
same "the link's target" precious "$(cat "$tmp/target")"
[ -L "$pid_file" ] || fail "the link has gone"
rm "$pid_file" && ln -s nowhere "$pid_file"
refuses 71 "^tined: pid file $pid_file: not a regular file$" -f "${serve[@]}"
[ ! -e "$tmp/nowhere" ] || fail "a dangling link was followed"
rm "$pid_file" && mkdir "$pid_file"
refuses 71 "^tined: pid file $pid_file: not a regular file$" -f "${serve[@]}"
[ -d "$pid_file" ] || fail "the directory has gone"
rmdir "$pid_file"
refuses 71 "^tined: pid file /nonexistent/tined.pid: No such file" \
	-f -l 127.0.0.1:0 -s echo -p /nonexistent/tined.pid


# Locked for writing by another program, with its own text in it.
for text in 4711 4711$'\n' 'someone else' ''; do
	printf %s "$text" >"$pid_file"
	python3 - "$pid_file" >"$tmp/locked" <<-'END' &
		import fcntl, sys, time
		f = open(sys.argv[1], "r+")
		fcntl.lockf(f, fcntl.LOCK_EX)
		print("locked", flush=True)
		time.sleep(100)
	END
	locker=$!
	record "$locker"
	wait_until 10 test -s "$tmp/locked" || fail "no lock"
	case $text in
	4711*) said="already running, pid 4711" ;;
	*) said="another process holds it" ;;
	esac
	refuses 69 "^tined: pid file $pid_file: $said$" -f "${serve[@]}"
	same "the file that another has locked" "$text." \
	    "$(cat "$pid_file"; echo .)"
	kill -KILL "$locker"
	wait "$locker" 2>/dev/null
done
rm -f "$pid_file"
[ -z "$(ls "$tmp"/*.lock 2>/dev/null)" ] || fail "a lock file is left"

# -------------------------------------------------------------- the Unix path

path=$tmp/s
serve=(-l "unix:$path" -s echo)

# Left by a main that was killed.
start_tined "${serve[@]}"
kill -KILL "$PID"
wait "$PID"
[ -S "$path" ] || fail "a killed main left no socket"
start_tined "${serve[@]}"
same "echo after a takeover" hello "$(echo hello | ask "unix:$path")"

# A live one is an error and goes on.
inode=$(stat -c %i "$path")
refuses 69 "^tined: echo: bind unix:$path: it is served by another process$" -f "${serve[@]}"
same "the live one" "$inode" "$(stat -c %i "$path")"
same "echo of the live one" hello "$(echo hello | ask "unix:$path")"
stop_tined

# Anything but a stream socket stays as it is.
foreign() {
	local before
	before=$(stat -c '%i %f %s %Y' "$path")
	refuses 69 "unix:$path: " -f "${serve[@]}"
	same "$1" "$before" "$(stat -c '%i %f %s %Y' "$path")"
	rm -rf "$path"
}
echo precious >"$path"
foreign "a file"
mkdir "$path"
foreign "a directory"
mkfifo "$path"
foreign "a fifo"
echo precious >"$tmp/target"
ln -s target "$path"
foreign "a link to a file"
same "the link's target" precious "$(cat "$tmp/target")"
ln -s nowhere "$path"
foreign "a dangling link"
socat -u "UNIX-RECV:$path" /dev/null &
record $!
wait_until 10 test -S "$path" || fail "no datagram socket"
foreign "a live datagram socket"

# A live socket of the same name in another mount namespace is another one: what
# a killed tined left here is taken over.
if [ "$(id -u)" -eq 0 ] && unshare -m true 2>/dev/null; then
	mkdir "$tmp/both"
	mkfifo "$tmp/served"
	unshare -m sh -c 'mount -t tmpfs tmpfs "$1" &&
		exec "$2" -f -o control_socket=none -l "unix:$1/s" -r 9 -s echo \
		    9>"$3"' sh "$tmp/both" "$TINED" "$tmp/served" 2>/dev/null &
	record $!
	grep -q . "$tmp/served" || fail "no tined in the other namespace"
	start_tined -l "unix:$tmp/both/s" -s echo
	kill -KILL "$PID"
	wait_exit "$PID" 10
	[ -S "$tmp/both/s" ] || fail "nothing is left"
	start_tined -l "unix:$tmp/both/s" -s echo
	same "in its place" hello "$(echo hello | ask "unix:$tmp/both/s")"
	stop_tined
fi

# ------------------------------------------------------------ the port in use

start_tined -l 127.0.0.1:0 -l '[::1]:0' -l "unix:@tined-$$" -s echo
mapfile -t taken < <(addresses echo)
for address in "${taken[@]}"; do
	# What was opened before it is given back.
	refuses 69 '^tined: echo: bind .*in use' -f -l "unix:$path" \
	    -l "$address" -s echo
	same "lines about $address" 1 "$(wc -l <"$tmp/refused.err")"
	[ ! -e "$path" ] || fail "a failed start left its socket"
	same "who has $address" hello "$(echo hello | ask "$address")"
done
stop_tined
