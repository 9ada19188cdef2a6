#!/bin/bash
# Goal of this test: where the control socket is, who may command by it, and
# that two tineds do not fight over it.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/client.sh"
require socat setpriv

# The default path is replaced by a directory of the test's own.
in_namespaces --mount
run_dir=$(sed -n 's/^runstatedir = //p' "$top_builddir/Makefile")
mount -t tmpfs -o mode=0755 tmpfs "$run_dir" || skip "no tmpfs"
unset XDG_RUNTIME_DIR

control=$tmp/control
serve=(-l 127.0.0.1:0 -s echo)
reload() {
	run "$TINE" reload "$@"
}
mode() {
	stat -c '%a %u %g' "$1"
}
inode() {
	stat -c %i "$1"
}
me=$(id -u)

# ------------------------------------------------------------- a path of ours

conf=$(config <<END
control_socket = "$control"
service echo { listen = {"127.0.0.1:0"} builtin = echo }
END
)
cp "$conf" "$tmp/good"
start_tined -c "$conf"
same "the socket" "600 $me $(id -g)" "$(mode "$control")"
reload --socket "$control"
expect "a reload" 0

# A second one with the same path does not start, and the first one is
# unaffected.
refuses 69 "^tined: control_socket: bind unix:$control: it is served by another process\$" \
    -f -c "$conf"
reload --socket "$control"
expect "a reload after another start" 0

# Killed: what is left is replaced.
kill -KILL "$PID"
wait_exit "$PID" || :
[ -S "$control" ] || fail "no stale socket"
start_tined -c "$conf"
reload --socket "$control"
expect "a reload with a stale socket replaced" 0
stop_tined
[ ! -e "$control" ] || fail "the socket is left"

# The socket of another program is never touched.
socat "UNIX-LISTEN:$control,fork" SYSTEM:cat &
other=$!
record "$other"
wait_until 10 test -S "$control" || fail "socat does not listen"
before=$(inode "$control")
refuses 69 'control_socket: bind .*: it is in use$' -f -c "$conf"
same "the other's socket" "$before" "$(inode "$control")"
kill "$other"
wait_exit "$other" || :
rm -f "$control"
echo precious >"$control"
refuses 69 'control_socket: bind .*: it exists and is not a socket$' -f -c "$conf"
same "a file" precious "$(cat "$control")"
rm "$control"
sed "s,$control,$tmp/no/such/control," "$tmp/good" >"$conf"
refuses 69 'control_socket: .*: the directory does not exist$' -f -c "$conf"
sed "s,127.0.0.1:0,unix:$control," "$tmp/good" >"$conf"
refuses 69 'control_socket: .*: a service listens there$' -f -c "$conf"
cp "$tmp/good" "$conf"

# Nor is a file that has replaced it.
start_tined -c "$conf"
mv "$control" "$tmp/moved"
echo precious >"$control"
stop_tined
same "what came in its place" precious "$(cat "$control")"
rm "$control" "$tmp/moved"

# --------------------------------------------------------------------- reload

start_tined -c "$conf"
sed "s,$control,$tmp/second," "$tmp/good" >"$conf"
reload --socket "$control"
expect "a reload to another path" 0
[ ! -e "$control" ] || fail "the old socket is left"
reload --socket "$tmp/second"
expect "a reload at the other path" 0
# A path that cannot be used refuses the reload.
echo precious >"$tmp/third"
sed "s,$control,$tmp/third," "$tmp/good" >"$conf"
reload --socket "$tmp/second"
expect "a reload to a path that is taken" 69
says err 'control_socket: .*: it exists and is not a socket$'
reload --socket "$tmp/second"
expect "a reload at the path that stays" 69
# Mode and group change in place.
{
	echo 'control_mode = 0640'
	sed "s,$control,$tmp/second," "$tmp/good"
} >"$conf"
before=$(inode "$tmp/second")
reload --socket "$tmp/second"
expect "another mode" 0
same "the mode" "640 $me $(id -g)" "$(mode "$tmp/second")"
same "the socket" "$before" "$(inode "$tmp/second")"
# It can be removed.
sed "s,^control_socket.*,control_socket = none," "$tmp/good" >"$conf"
reload --socket "$tmp/second"
expect "a reload to none" 0
[ ! -e "$tmp/second" ] || fail "the socket is left"
reload --socket "$tmp/second"
expect "nobody" 69
cp "$tmp/good" "$conf"
kill -HUP "$PID"
answers() {
	reload --socket "$control"
	[ "$STATUS" -eq 0 ]
}
wait_until 10 answers || fail "it does not come back"
stop_tined

start_tined -o control_socket=none "${serve[@]}"
[ ! -e "$run_dir/tined" ] || fail "a socket that was not wanted"
stop_tined

# ----------------------------------------------------------------- by default

if [ "$me" -eq 0 ]; then
	start_tined "${serve[@]}"
	first=$PID
	first_log=$LOG
	same "the default socket" "600 0 0" "$(mode "$run_dir/tined/control")"
	same "its directory" "755 0 0" "$(mode "$run_dir/tined")"
	before=$(inode "$run_dir/tined/control")
	# The second warns, and has no control socket.
	start_tined "${serve[@]}"
	wait_for_log "^warning warning msg=\"control_socket: bind unix:$run_dir/tined/control: it is served by another process; no commands are taken\"\$"
	same "the default socket" "$before" "$(inode "$run_dir/tined/control")"
	reload
	expect "a reload of the first" 0
	wait_until 10 in_log -q '^notice reloaded' "$first_log" ||
		fail "the first has not reloaded"
	same "reloads of the second" 0 "$(count_log '^notice reloaded')"
	stop_tined
	same "the default socket" "$before" "$(inode "$run_dir/tined/control")"
	run "$TINE" stop
	expect "a stop of the first" 0
	wait_exit "$first" || fail "the first exits with $?"
	[ ! -e "$run_dir/tined" ] || fail "the directory that it has made is left"
	# An existing directory stays.
	mkdir "$run_dir/tined"
	start_tined "${serve[@]}"
	run "$TINE" stop
	expect "a stop" 0
	[ -d "$run_dir/tined" ] || fail "the directory was removed"
	# Another file at the default path.
	echo precious >"$run_dir/tined/control"
	start_tined "${serve[@]}"
	wait_for_log '^warning .*control_socket: .*: it exists and is not a socket; '
	stop_tined
	same "a file" precious "$(cat "$run_dir/tined/control")"
	rm -r "$run_dir/tined"
fi

# ------------------------------------------------------------ who may command

[ "$me" -eq 0 ] || exit 0
# as UID GID GROUPS COMMAND...: `run` as these, GROUPS may be none.
as() {
	local groups=(--clear-groups)
	[ "$3" = none ] || groups=(--groups "$3")
	run setpriv --reuid="$1" --regid="$2" "${groups[@]}" -- "${@:4}"
}
as 65534 65534 none test -x "$TINE"
[ "$STATUS" -eq 0 ] || skip "others cannot enter $top_builddir"
# A named group that the user nobody is not in.
group=$(getent group 2 | cut -d : -f 1)
[ -n "$group" ] || skip "no group 2"

# Without a group only root may.  The mode of the socket keeps others out; where
# it does not, their credentials do.
start_tined -o control_socket="$control" "${serve[@]}"
as 65534 65534 2 "$TINE" reload --socket "$control"
expect "the user nobody" 77
says err "^tine: $control: not allowed: only root may command tined\$"
stop_tined
start_tined -o control_socket="$control" -o control_mode=0666 "${serve[@]}"
as 65534 65534 2 "$TINE" reload --socket "$control"
expect "nobody, who may connect" 77
says err '^tine: not allowed: root may command tined, and there is no control_group$'
wait_for_log '^warning command verb=[a-z]* uid=65534 pid=[0-9]* exit=77 msg="not allowed: '
as 65534 65534 2 "$TINE" stop --socket "$control"
expect "nobody's stop" 77
alive "$PID" || fail "the user nobody has stopped it"
same "reloads" 0 "$(count_log '^notice reloaded')"
stop_tined

# With a group its members, by any of their groups.
start_tined -o control_socket="$control" -o control_mode=0660 \
    -o control_group="$group" "${serve[@]}"
same "the socket" "660 0 2" "$(mode "$control")"
as 65534 65534 1,2,3 "$TINE" reload --socket "$control"
expect "a member" 0
as 65534 2 none "$TINE" reload --socket "$control"
expect "one whose first group it is" 0
wait_for_log '^notice command verb=reload uid=65534 pid='
as 65534 65534 1,3 "$TINE" reload --socket "$control"
expect "no member" 77
says err "^tine: $control: not allowed: root and the group $group may command tined\$"
# An open connection keeps its rights.
chmod 0666 "$control"
as 65534 65534 1,3 "$TINE" reload --socket "$control"
expect "not a member, but may connect" 77
says err "^tine: not allowed: root and the group $group may command tined\$"
stop_tined

# A program cannot, whatever the socket's mode.  (/tmp is private to
# strict.)
cp "$TINE" "$run_dir/tine"
attack=$(config <<END
control_socket = "$run_dir/attack"
control_mode = 0666
defaults { user = nobody listen = {"127.0.0.1:0"} stderr = socket }
service strict { exec = {"$run_dir/tine", "stop", "--socket", "$run_dir/attack"} sandbox = strict }
service basic { exec = {"$run_dir/tine", "stop", "--socket", "$run_dir/attack"} }
END
)
start_tined -c "$attack"
for address in "$ADDR_strict" "$ADDR_basic"; do
	said=$(ask "$address" </dev/null)
	echo "$said" | grep -q '^tine: not allowed: ' ||
		fail "a program's stop: $said"
done
same "stops" 0 "$(count_log '^notice command ')"
stop_tined

# --------------------------------------------------------- a user's own tined

mkdir "$tmp/home"
chown 65534:65534 "$tmp/home"
export XDG_RUNTIME_DIR=$tmp/home
as_user=$tmp/as_user
cat >"$as_user" <<END
#!/bin/sh
exec setpriv --reuid=65534 --regid=65534 --clear-groups -- "$TINED" "\$@"
END
chmod 0755 "$as_user"
real=$TINED
TINED=$as_user
start_tined "${serve[@]}"
same "the socket" "600 65534 65534" "$(mode "$tmp/home/tined/control")"
as 65534 65534 none "$TINE" reload
expect "the user's reload" 0
run "$TINE" reload
expect "root's reload of the user's" 0
as 65533 65533 none "$TINE" reload
expect "another user's" 77
as 65534 65534 none "$TINE" stop
expect "the user's stop" 0
wait_exit "$PID" || fail "it does not stop"
[ ! -e "$tmp/home/tined" ] || fail "the directory is left"

# A program of that user has the same rights: then only root may command.
start_tined -l 127.0.0.1:0 -- /bin/cat
as 65534 65534 none "$TINE" reload
expect "the user's reload, with a program" 77
says err '^tine: not allowed: root may command tined'
run "$TINE" reload
expect "root's reload" 0
stop_tined
start_tined -o sandbox=strict -o stderr=socket -l 127.0.0.1:0 -- \
    "$run_dir/tine" stop --socket "$tmp/home/tined/control"
said=$(ask "$ADDR_tine" </dev/null)
echo "$said" | grep -q '^tine: not allowed: ' || fail "a program's stop: $said"
same "stops" 0 "$(count_log '^notice command ')"
stop_tined

# A service that was a program once, and may have left processes.
conf=$(config <<END
control_socket = "$tmp/home/control"
service cat { listen = {"127.0.0.1:0"} builtin = echo }
END
)
start_tined -c "$conf"
as 65534 65534 none "$TINE" reload --socket "$tmp/home/control"
expect "the user's reload" 0
sed -i 's,builtin = echo,exec = "/bin/cat",' "$conf"
as 65534 65534 none "$TINE" reload --socket "$tmp/home/control"
expect "the user's reload to a program" 0
sed -i 's,exec = .* },builtin = echo },' "$conf"
run "$TINE" reload --socket "$tmp/home/control"
expect "root's reload to a built-in" 0
as 65534 65534 none "$TINE" reload --socket "$tmp/home/control"
expect "the user's reload after a program" 77
stop_tined
unset XDG_RUNTIME_DIR
start_tined "${serve[@]}"
stop_tined
TINED=$real
exit 0
