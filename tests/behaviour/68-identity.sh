#!/bin/bash
# Goal of this test: acceptors and programs run as the user, groups, root and
# capabilities that were asked for, and nobody else.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
require socat python3 unshare busybox setpriv
require_root
unshare -m true 2>/dev/null || skip "no mount namespaces"

# Users of this test's own, in a namespace of its own.
cp /etc/passwd "$tmp/passwd"
echo 'tester:x:61001:61002::/:/bin/sh' >>"$tmp/passwd"
cp /etc/group "$tmp/group"
printf '%s\n' 'main:x:61002:' 'one:x:61003:tester' 'two:x:61004:tester' \
    'three:x:61005:' >>"$tmp/group"
cat >"$tmp/tined" <<END
#!/bin/sh
exec unshare -m sh -c 'mount --bind "$tmp/passwd" /etc/passwd &&
    mount --bind "$tmp/group" /etc/group && exec "$TINED" "\$@"' tined "\$@"
END
chmod 0755 "$tmp/tined"
real=$TINED
TINED=$tmp/tined

mkdir -p "$tmp/root/bin" "$tmp/root/inside"
cp "$(command -v busybox)" "$tmp/root/bin/busybox"
ldd "$tmp/root/bin/busybox" 2>/dev/null | grep -o '/[^ ]*' | while read -r lib; do
	mkdir -p "$tmp/root${lib%/*}" && cp "$lib" "$tmp/root$lib"
done
show='{"/bin/grep", "-E", "^(Uid|Gid|Groups|Cap|NoNew)", "/proc/self/status"}'
conf=$(config <<END
defaults { listen = {"127.0.0.1:0"} }
service plain { exec = $show }
service user { exec = $show user = tester }
service group { exec = $show user = tester group = three }
service number { exec = $show user = 61001 }
service root { exec = $show user = root }
service off { exec = $show user = tester sandbox = off }
service rootoff { exec = $show user = root sandbox = off }
service capable {
	exec = $show
	user = tester
	capabilities = {net_bind_service, "cap_chown"}
}
service jail {
	exec = {"/bin/busybox", "ls", "/", "."}
	chroot = "$tmp/root"
	directory = "/inside"
	user = tester
}
service echo { builtin = echo user = tester chroot = "$tmp/root" }
END
)
touch "$tmp/root/inside/marker"
start_tined -c "$conf"

# shows SERVICE UID GID GROUPS CAPABILITIES NO-NEW-PRIVS
shows() {
	local address=ADDR_$1
	ask "${!address}" </dev/null >"$tmp/shown"
	same "$1: uids" "$2 $2 $2 $2" "$(field Uid)"
	same "$1: gids" "$3 $3 $3 $3" "$(field Gid)"
	same "$1: groups" "$4" "$(field Groups)"
	same "$1: capabilities" "$5" "$(field CapEff)"
	same "$1: permitted" "$5" "$(field CapPrm)"
	same "$1: no_new_privs" "$6" "$(field NoNewPrivs)"
}
field() {
	sed -n "s/^$1:[[:space:]]*//p" "$tmp/shown" | tr -s '\t ' ' ' |
	    sed 's/ $//'
}
no=0000000000000000
uid=$(id -u tined 2>/dev/null || id -u nobody)
gid=$(id -g tined 2>/dev/null || id -g nobody)
ask "$ADDR_plain" </dev/null >"$tmp/shown"
same "the user that is not given" "$uid $uid $uid $uid" "$(field Uid)"
same "its group" "$gid $gid $gid $gid" "$(field Gid)"
shows user 61001 61002 "61002 61003 61004" $no 1
same "the bounding set" $no "$(field CapBnd)"
shows group 61001 61005 "61003 61004 61005" $no 1
shows number 61001 61002 "61002 61003 61004" $no 1
ask "$ADDR_root" </dev/null >"$tmp/shown"
same "root" "0 0 0 0" "$(field Uid)"
same "root's capabilities" $no "$(field CapEff)"
ask "$ADDR_rootoff" </dev/null >"$tmp/shown"
same "root without a sandbox" "$(sed -n 's/^CapEff:\t//p' /proc/self/status)" \
    "$(field CapEff)"
shows off 61001 61002 "61002 61003 61004" $no 0
shows capable 61001 61002 "61002 61003 61004" 0000000000000401 1
same "the bounding set" 0000000000000401 "$(field CapBnd)"

ask "$ADDR_jail" </dev/null >"$tmp/shown"
same "the directory" marker "$(sed -n '/^\.:/,$p' "$tmp/shown" | sed -n 2p)"
grep -qx inside "$tmp/shown" || fail "not in its root: $(cat "$tmp/shown")"
! grep -qx proc "$tmp/shown" || fail "it sees the whole system"

# The acceptor of a built-in, and its session.
talk "$ADDR_echo"
same "echo" hi "$(say "$TALK" hi)"
session=$(pgrep -P "$(acceptor echo)") || fail "no session"
for pid in "$(acceptor echo)" "$session"; do
	cat "/proc/$pid/status" >"$tmp/shown"
	same "the built-in's uids" "61001 61001 61001 61001" "$(field Uid)"
	same "the built-in's groups" "61002 61003 61004" "$(field Groups)"
	same "its root" "$tmp/root" "$(readlink "/proc/$pid/root")"
	for set in CapInh CapPrm CapEff CapBnd CapAmb; do
		same "its $set" $no "$(field $set)"
	done
	same "no_new_privs" 1 "$(field NoNewPrivs)"
	[ "$WIDE_SANDBOX" != 0 ] || same "seccomp" 2 "$(field Seccomp)"
done
exec {TALK}>&-
stop_tined

# Who is not root serves as who he is, and as nobody else.
cat >"$tmp/tined" <<END
#!/bin/sh
exec setpriv --reuid=65534 --regid=65534 --clear-groups "$real" "\$@"
END
setpriv --reuid=65534 --regid=65534 --clear-groups test -x "$real" ||
	skip "the build is not readable by others"
conf=$(config <<END
service plain { listen = {"127.0.0.1:0"} exec = $show }
END
)
start_tined -c "$conf"
ask "$ADDR_plain" </dev/null >"$tmp/shown"
same "without root" "65534 65534 65534 65534" "$(field Uid)"
stop_tined
sed -i 's/service plain {/& user = root/' "$conf"
status=0
try_tined -c "$conf" && fail "nobody has become root"
wait_exit "$PID" || status=$?
same "the status" 78 "$status"
grep -q "$conf:1: .*root" "$LOG" || fail "the reason is not said"
