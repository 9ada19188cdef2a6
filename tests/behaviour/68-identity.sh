#!/bin/bash
# Goal of this test: acceptors and programs run as the user, groups, root
# directory and capabilities that are configured, as root only where that is
# written, and without root as the user that started tined.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/programs.sh"
. "$(dirname "$0")/../lib/crowd.sh"
require socat busybox

show=(/bin/grep -E '^(Uid|Gid|Groups|Cap|NoNew)' /proc/self/status)
# shown ADDRESS: what it says of itself, for `field`.
shown() {
	ask "$1" </dev/null >"$tmp/shown"
}
field() {
	sed -n "s/^$1:[[:space:]]*//p" "$tmp/shown" | tr -s '\t ' ' ' |
	    sed 's/ $//'
}
# refused STATUS PATTERN DIRECTIVE...: a start that must fail.
refused() {
	local status=$1 pattern=$2 options=() directive
	shift 2
	for directive; do
		options+=(-o "$directive")
	done
	refuses "$status" "$pattern" -f -l 127.0.0.1:0 "${options[@]}" -- \
	    "${show[@]}"
	same "lines with $*" 1 "$(wc -l <"$tmp/refused.err")"
}
# without_root UID NAME: TINED is run as that user.
without_root() {
	start_tined -l 127.0.0.1:0 -- "${show[@]}"
	shown "$ADDR_grep"
	same "without root" "$1 $1 $1 $1" "$(field Uid)"
	stop_tined
	start_tined -l 127.0.0.1:0 -o "user=$2" -- "${show[@]}"
	stop_tined
	refused 78 'root: needs' user=root
	refused 78 chroot chroot=/
}
if [ "$(id -u)" -ne 0 ]; then
	without_root "$(id -u)" "$(id -un)"
	exit 0
fi

# Users of the test's own, in a namespace of its own.
require setpriv
in_namespaces -m
cp /etc/passwd /etc/group "$tmp"
echo 'tester:x:61001:61002::/:/bin/sh' >>"$tmp/passwd"
printf '%s\n' 'main:x:61002:' 'one:x:61003:tester' 'two:x:61004:tester,nobody' \
    'three:x:61005:nobody' >>"$tmp/group"
for file in passwd group; do
	mount --bind "$tmp/$file" "/etc/$file" || skip "nothing can be mounted"
done

# A root directory of its own, with what busybox may be linked with.
mkdir -p "$tmp/root/bin" "$tmp/root/data" "$tmp/root/proc"
for file in "$(command -v busybox)" \
    $(ldd "$(command -v busybox)" 2>/dev/null | grep -o '/[^ ]*'); do
	mkdir -p "$tmp/root$(dirname "$file")"
	cp "$file" "$tmp/root$file" || exit 99
done
cp "$(command -v busybox)" "$tmp/root/bin/busybox"
for file in cat ls; do
	ln -s busybox "$tmp/root/bin/$file"
done
echo inside >"$tmp/root/data/file"
ln -s /etc "$tmp/root/escape"

exec=$(printf ', "%s"' "${show[@]}")
start_conf <<END
defaults { listen = {"127.0.0.1:0"} exec = {${exec#, }} }
service unsaid { }
service named { user = tester }
service number { user = "61001" }
service grouped { user = tester group = one }
service other { user = tester group = three }
service nogroups { user = "4711" group = "4712" }
service root { user = root }
service rootgroup { user = tester group = root }
service off { user = tester sandbox = off }
service rootoff { user = root sandbox = off }
service capable { user = tester capabilities = {net_bind_service, "cap_chown"} }
service jail {
	exec = {"/bin/busybox", "sh", "-c", "pwd; cat file; ls -d /data/../../[bdp]*; cat /escape/passwd"}
	chroot = "$tmp/root"
	directory = "/data"
	user = tester
	stderr = null
}
service echo { exec = {} builtin = echo user = tester chroot = "$tmp/root" }
END

no=0000000000000000
# shows SERVICE UID GID GROUPS [CAPABILITIES [NO_NEW_PRIVS]]: real, effective,
# saved and file system's are the same.
shows() {
	local address=ADDR_$1
	shown "${!address}"
	same "$1: uids" "$2 $2 $2 $2" "$(field Uid)"
	same "$1: gids" "$3 $3 $3 $3" "$(field Gid)"
	same "$1: groups" "$4" "$(field Groups)"
	same "$1: capabilities" "${5:-$no}" "$(field CapEff)"
	same "$1: permitted" "${5:-$no}" "$(field CapPrm)"
	same "$1: no_new_privs" "${6:-1}" "$(field NoNewPrivs)"
}
groups_of() {
	id -G "$1" | tr ' ' '\n' | sort -n | xargs
}
shows unsaid "$(id -u "$SERVING_USER")" "$(id -g "$SERVING_USER")" \
    "$(groups_of "$SERVING_USER")"
shows named 61001 61002 "61002 61003 61004"
same "the bounding set" $no "$(field CapBnd)"
shows number 61001 61002 "61002 61003 61004"
shows grouped 61001 61003 "61003 61004"
shows other 61001 61005 "61003 61004 61005"
shows nogroups 4711 4712 4712
shows root 0 0 "$(groups_of root)"
shows rootgroup 61001 0 "0 61003 61004"
shows off 61001 61002 "61002 61003 61004" $no 0
shows rootoff 0 0 "$(groups_of root)" \
    "$(sed -n 's/^CapEff:\t//p' /proc/self/status)" 0
shows capable 61001 61002 "61002 61003 61004" 0000000000000401
same "the bounding set" 0000000000000401 "$(field CapBnd)"
same "a root directory of its own" "/data
inside
/data/../../bin
/data/../../data
/data/../../proc" "$(ask "$ADDR_jail" </dev/null)"

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

refused 78 "user.*tined-no-such" user=tined-no-such
refused 78 "group.*tined-no-such" group=tined-no-such
refused 78 "chroot.*$tmp/nothing" "chroot=$tmp/nothing"
refused 78 "exec.*inside chroot" "chroot=$tmp/root"
refused 78 "directory.*$tmp/nothing" "directory=$tmp/nothing"
# An error that only its user gets.
mkdir -m 0700 "$tmp/closed"
refused 71 "$tmp/closed: Permission denied" "directory=$tmp/closed"

as_nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups)
"${as_nobody[@]}" test -x "$TINED" 2>/dev/null ||
	skip "nobody cannot enter the build; the rest passed"
printf '#!/bin/sh\nexec %s "%s" "$@"\n' "${as_nobody[*]}" "$TINED" >"$tmp/tined"
chmod 0755 "$tmp/tined"
TINED=$tmp/tined
without_root 65534 "$(id -un 65534)"
