#!/bin/bash
# Goal of this test: Unix listeners: mode, owner, abstract names, and what is
# left at exit.
. "$(dirname "$0")/../lib/behaviour.sh"
require socat

# A path with its mode and owner; it is right before the first connection.
start_tined -l "unix:$tmp/default" -s whoami
same "the default mode" 666 "$(stat -c %a "$tmp/default")"
same "the default owner" "$(id -u):$(id -g)" "$(stat -c %u:%g "$tmp/default")"
ask "$ADDR_whoami" </dev/null >"$tmp/out"
for line in 'protocol: unix' "local: unix:$tmp/default" "uid: $(id -u)" \
	"gid: $(id -g)" 'pid: [1-9][0-9]*'; do
	grep -Eqx "$line" "$tmp/out" || fail "no '$line' in $(cat "$tmp/out")"
done
stop_tined
same "what is left" "" "$(ls -d "$tmp"/default* 2>/dev/null)"

if [ "$(id -u)" -eq 0 ]; then
	start_tined -l "unix:$tmp/private" -s echo -o socket_mode=0620 \
		-o socket_user=nobody -o socket_group=daemon
	same "mode and owner" "620 nobody daemon" \
		"$(stat -c '%a %U %G' "$tmp/private")"
	setpriv --reuid=65533 --regid=65533 --clear-groups socat - \
		"UNIX-CONNECT:$tmp/private" </dev/null 2>/dev/null &&
		fail "a stranger may connect"
	same "root" hello "$(echo hello | ask "unix:$tmp/private")"
	stop_tined
fi

# Abstract: no file, gone with its process; 106 bytes after the @, and 107 of
# path.
pid=$$
long=@$pid$(printf 'x%.0s' $(seq $((106 - ${#pid}))))
start_tined -l "unix:@tined $pid test" -l "unix:$long" -s echo
same "abstract" hello "$(echo hello | ask "unix:@tined $pid test")"
same "a long abstract one" hello "$(echo hello | ask "unix:$long")"
stop_tined
name=$tmp/$(printf 'y%.0s' $(seq $((107 - ${#tmp} - 1))))
start_tined -l "unix:$name" -s echo
same "a path of 107 bytes" hello "$(echo hello | ask "unix:$name")"
stop_tined
refuses 78 'too long' -f -l "unix:${name}z" -s echo

# As many as a service may have: each end is logged with its own path, also
# after reloads that have changed some of them.
many() {
	echo "service many { builtin = echo listen = {"
	seq -f "\"unix:$tmp/m%g\"," "$1" 254
	echo "\"unix:$tmp/a$1\", \"unix:$tmp/b\" } }"
}
many 1 >"$tmp/conf"
start_tined -c "$tmp/conf"
for n in 1 2; do
	for name in b m254 "m$n" "a$n"; do
		same "$name" hello "$(echo hello | ask "unix:$tmp/$name")"
		wait_for_log "^info end service=many .* local=unix:$tmp/$name "
	done
	[ "$n" -eq 1 ] || break
	many 2 >"$tmp/conf"
	kill -HUP "$PID"
	wait_for_log '^notice reloaded'
done
stop_tined

# At exit only tined's own socket is removed.
start_tined -l "unix:$tmp/moved" -s echo
rm "$tmp/moved"
echo other >"$tmp/moved"
stop_tined
same "what replaced it" other "$(cat "$tmp/moved")"
