#!/bin/bash
# Goal of this test: a program runs as the user, groups and root directory that
# are configured, and as root only where that is written.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/programs.sh"
require socat busybox

who=$(program who <<'END'
#!/bin/sh
sed -n 's/^\(Uid\|Gid\|Groups\):[[:blank:]]*/\1 /p' /proc/self/status |
    tr -s '[:blank:]' ' ' | sed 's/ $//'
END
)
# all ID: as the kernel shows real, effective, saved and file system's.
all() {
	echo "$1 $1 $1 $1"
}
# refused STATUS PATTERN DIRECTIVE...: a start that must fail.
refused() {
	local status=0 want=$1 pattern=$2 options=() directive
	shift 2
	for directive; do
		options+=(-o "$directive")
	done
	! try_tined -l 127.0.0.1:0 "${options[@]}" -- "$who" ||
		fail "it starts with $*"
	wait_exit "$PID" || status=$?
	same "the exit status with $*" "$want" "$status"
	grep -Eq "$pattern" "$LOG" || fail "with $*: $(cat "$LOG")"
	same "lines with $*" 1 "$(wc -l <"$LOG")"
}

if [ "$(id -u)" -ne 0 ]; then
	start_tined -l 127.0.0.1:0 -- "$who"
	same "who it is" "$("$who")" "$(ask "$ADDR_who" </dev/null)"
	stop_tined
	start_tined -l 127.0.0.1:0 -o "user=$(id -un)" -- "$who"
	stop_tined
	refused 78 'root: needs' user=root
	refused 78 chroot chroot=/
	exit 0
fi

# A user with supplementary groups, without writing to the machine's files.
require unshare
if [ -z "${TINED_TEST_USERS:-}" ]; then
	unshare -m true 2>/dev/null || skip "no mount namespace can be made"
	rm -rf "$tmp"	# it begins anew
	TINED_TEST_USERS=1 exec unshare -m --propagation private "$0"
fi
cp /etc/passwd "$tmp/passwd"
cp /etc/group "$tmp/group"
echo 'tinedtest:x:61001:61001::/nonexistent:/bin/sh' >>"$tmp/passwd"
cat >>"$tmp/group" <<'END'
tinedtest:x:61001:
tinedone:x:61002:tinedtest
tinedtwo:x:61003:nobody,tinedtest
tinedalien:x:61004:nobody
END
for file in passwd group; do
	mount --bind "$tmp/$file" "/etc/$file" || skip "nothing can be mounted"
done

# A root directory of its own.
mkdir -p "$tmp/root/bin" "$tmp/root/data" "$tmp/root/proc"
cp "$(command -v busybox)" "$tmp/root/bin/busybox" || exit 99
for file in cat grep ls; do
	ln -s busybox "$tmp/root/bin/$file"
done
# What it is linked with, should that not be static.
for file in $(ldd "$tmp/root/bin/busybox" 2>/dev/null | grep -o '/[^ ]*'); do
	mkdir -p "$tmp/root/$(dirname "$file")"
	cp "$file" "$tmp/root/$file" || exit 99
done
echo inside >"$tmp/root/data/file"
ln -s /etc "$tmp/root/escape"

cat >"$tmp/conf" <<-END
	defaults { listen = {"127.0.0.1:0"} exec = {"$who"} }
	service unsaid { }
	service named { user = "tinedtest" }
	service number { user = "61001" }
	service grouped { user = "tinedtest" group = "tinedone" }
	service other { user = "tinedtest" group = "tinedalien" }
	service nogroups { user = "4711" group = "4712" }
	service root { user = root }
	service root-group { user = "tinedtest" group = "root" }
	service chrooted {
		exec = {"/bin/busybox", "sh", "-c", "pwd; cat file; ls -d /data/../../[bdp]*; cat /escape/passwd"}
		chroot = "$tmp/root"
		directory = "/data"
		stderr = null
	}
	END
start_tined -c "$tmp/conf"

# who SERVICE UID GID GROUPS
check() {
	local address=ADDR_$1
	same "$1" "Uid $(all "$2")
Gid $(all "$3")
Groups${4:+ $4}" "$(ask "${!address}" </dev/null)"
}
check unsaid "$(id -u "$SERVING_USER")" "$(id -g "$SERVING_USER")" \
    "$(id -G "$SERVING_USER" | tr ' ' '\n' | sort -n | xargs)"
check named 61001 61001 "61001 61002 61003"
check number 61001 61001 "61001 61002 61003"
check grouped 61001 61002 "61002 61003"
check other 61001 61004 "61002 61003 61004"
check nogroups 4711 4712 4712
check root 0 0 "$(id -G root | tr ' ' '\n' | sort -n | xargs)"
check root_group 61001 0 "0 61002 61003"
same "a root directory of its own" "/data
inside
/data/../../bin
/data/../../data
/data/../../proc" "$(ask "$ADDR_chrooted" </dev/null)"
stop_tined

refused 78 "user.*tined-no-such" user=tined-no-such
refused 78 "group.*tined-no-such" group=tined-no-such
refused 78 "chroot.*$tmp/nothing" "chroot=$tmp/nothing"
refused 78 "exec.*inside chroot" "chroot=$tmp/root"
refused 78 "directory.*$tmp/nothing" "directory=$tmp/nothing"
# What only shows when the user enters it.
mkdir -m 0700 "$tmp/closed"
refused 71 "$tmp/closed: Permission denied" "directory=$tmp/closed"
exit 0
