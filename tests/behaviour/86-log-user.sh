#!/bin/bash
# Goal of this test: where main is root the logger has a user that no service
# has, so that no program can signal or trace it; where it is not, strict
# programs cannot.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/programs.sh"
require socat unshare setpriv python3
require_root
in_namespaces -m

# users LINE...: adds these to the system's users.
users() {
	umount /etc/passwd 2>/dev/null
	grep -v '^tined-log:' /etc/passwd >"$tmp/passwd"
	[ $# -eq 0 ] || printf '%s\n' "$@" >>"$tmp/passwd"
	mount --bind "$tmp/passwd" /etc/passwd || skip "nothing can be mounted"
}

# The program: prints what it can do to the process whose pid it reads.
tries='read -r pid
for signal in 0 STOP KILL; do
	kill -$signal $pid 2>/dev/null && echo $signal
done
cat /proc/$pid/environ >/dev/null 2>&1 && echo environ
echo end $(id -u)'
conf=$(config <<END
defaults { listen = {"127.0.0.1:0"} exec = {"/bin/sh", "-c", "$tries"} }
service off { sandbox = off }
service basic { }
service strict { sandbox = strict }
service nobody { user = "nobody" sandbox = off }
END
)

# uid PID: real, effective, saved and file system's, all the same.
uid() {
	local ids
	ids=$(awk '/^Uid:/ { print $2, $3, $4, $5 }' "/proc/$1/status")
	[ "$ids" = "${ids%% *} ${ids%% *} ${ids%% *} ${ids%% *}" ] ||
		fail "its ids are $ids"
	echo "${ids%% *}"
}
# apart: no service has the logger's user, or can do anything to it.
apart() {
	local logger log_uid service address
	logger=$(logger) || fail "no logger"
	log_uid=$(uid "$logger")
	[ "$log_uid" -ne 0 ] || fail "the logger is root"
	for service in off basic strict nobody; do
		address=ADDR_$service
		said=$(echo "$logger" | ask "${!address}" | xargs)
		[ "$said" != "end $log_uid" ] || fail "$service: the same user"
		[[ "$said" =~ ^end\ [0-9]+$ ]] ||
			fail "$service did to the logger: $said"
	done
	same "the logger" "$logger" "$(logger)"
	LOG_UID=$log_uid
}

users
start_tined -c "$conf"
apart
[ -z "$(getent passwd "$LOG_UID")" ] || fail "$LOG_UID is a user's"
spare=$LOG_UID
stop_tined

users 'tined-log:x:61005:61006::/nonexistent:/bin/false'
start_tined -c "$conf"
apart
same "the logger's user" 61005 "$LOG_UID"
stop_tined
refuses 78 'user: tined-log: is reserved for the logger' -f -l 127.0.0.1:0 \
    -o user=tined-log -s echo
refuses 78 'user: 61005: is reserved for the logger' -f -l 127.0.0.1:0 \
    -o user=61005 -s echo

# Its number belongs to another user now.
users "tined-log-not:x:$spare:$spare::/nonexistent:/bin/false"
start_tined -c "$conf"
apart
[ "$LOG_UID" != "$spare" ] || fail "it has the user tined-log-not"
stop_tined

# Without root all have one user.
as_nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups)
"${as_nobody[@]}" test -x "$TINED" 2>/dev/null ||
	skip "nobody cannot enter the build; the rest passed"
abi=$(python3 -c 'import ctypes
print(ctypes.CDLL(None).syscall(444, None, 0, 1))')
[ "$abi" -ge 6 ] || skip "Landlock cannot scope signals; the rest passed"
[ "$WIDE_SANDBOX" = 0 ] || skip "built-ins have no sandbox; the rest passed"
cat >"$tmp/tined" <<END
#!/bin/sh
exec ${as_nobody[*]} "$TINED" "\$@"
END
chmod 0755 "$tmp/tined"
TINED=$tmp/tined start_tined -l 127.0.0.1:0 -o sandbox=strict \
    -- /bin/sh -c "$tries"
logger=$(logger) || fail "no logger"
same "whose it is" 65534 "$(uid "$logger")"
same "what a strict program did to it" "end 65534" \
    "$(echo "$logger" | ask "$ADDR_sh")"
same "what it did to main" "end 65534" "$(echo "$PID" | ask "$ADDR_sh")"
same "the logger" "$logger" "$(logger)"
stop_tined
