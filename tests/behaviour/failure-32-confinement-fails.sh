#!/bin/bash
# Goal of this test: where a step of the confinement fails, or only pretends to
# have been done, the service does not start, one line says why, and no
# connection is served with wrong rights.
. "$(dirname "$0")/../lib/behaviour.sh"
require strace python3
require_root
require_sandbox

mkdir "$tmp/root"
chmod 0755 "$tmp/root"
real=$TINED
strace -f -o /dev/null -e trace=none "$real" -V >/dev/null 2>&1 ||
	skip "no ptrace"

# fails CALL[:HOW] ARGUMENT...: the service does not start.  HOW is strace's,
# error=EPERM if it is not given.
fails() {
	local call=${1%%:*} how=error=EPERM status=0
	[ "$1" = "$call" ] || how=${1#*:}
	shift
	cat >"$tmp/tined" <<END
#!/bin/sh
exec strace -f -qq -o "$tmp/trace" -e trace=$call,accept4 \
    -e inject=$call:$how "$real" "\$@"
END
	chmod 0755 "$tmp/tined"
	TINED=$tmp/tined
	set -- -o control_socket=none "$@"	# another one may have it
	try_tined "$@" && fail "it serves although $call fails ($how): $*"
	wait_exit "$PID" || status=$?
	[ "$status" -ne 0 ] || fail "$call fails ($how), and it exits with 0"
	grep -q INJECTED "$tmp/trace" || fail "$call is not called: $*"
	! grep -q accept4 "$tmp/trace" || fail "$call fails, and it accepts"
	# The logger gives up its privileges, too, and says so if it cannot.
	same "the lines of the log, when $call fails ($how)" 1 \
	    "$(untimed | but_for_the_kernel | grep -vc '^error log ')"
	echo "$call $how: $(untimed | grep -v '^error log ')"
}

# ---------------------------------------------------------------- an error

calls=(setgroups setresgid setresuid capset)
"$top_builddir/tests/lib/without" seccomp || calls+=(seccomp)
for call in "${calls[@]}"; do
	fails "$call" -l 127.0.0.1:0 -s echo
	fails "$call" -l 127.0.0.1:0 -- /bin/cat
done
fails setresuid:error=EAGAIN -l 127.0.0.1:0 -- /bin/cat
"$top_builddir/tests/lib/without" seccomp ||
	fails seccomp:error=ENOMEM -l 127.0.0.1:0 -s echo
fails chroot -o "chroot=$tmp/root" -l 127.0.0.1:0 -s echo
fails chdir -o "chroot=$tmp/root" -l 127.0.0.1:0 -s echo
# The first ones are main's own.
fails prctl -l 127.0.0.1:0 -s echo
fails prctl:error=EPERM:when=20+ -l 127.0.0.1:0 -s echo
fails prctl:error=EPERM:when=20+ -l 127.0.0.1:0 -- /bin/cat

# Main fails, not the acceptor: its third pair of sockets is for that.  The line
# is on standard error, wherever the log goes.
fails socketpair:error=EMFILE:when=3 -o log_target=syslog -l 127.0.0.1:0 -s echo

# The number of a call of prctl(2) in the acceptor: strace counts them for each
# process; main and the logger have fewer.
strace -f -qq -o "$tmp/calls" -e trace=prctl timeout 20 "$real" -f \
    -o control_socket=none -l 127.0.0.1:0 -s echo -r 9 9>"$tmp/ready" 2>/dev/null &
record $!
wait_until 20 test -s "$tmp/ready" || fail "it is not ready with strace"
# nth CALL: the number of the last call of the acceptor's that is of this kind;
# the logger, which may make it later, has not so many.
# One that another process comes in between of has two lines.
nth() {
	awk -v call="$1" '/ resumed>/ { next }
	    { n[$1]++ }
	    index($0, call) && n[$1] > last { last = n[$1] }
	    END { print last + 0 }' "$tmp/calls"
}
setters=(PR_CAPBSET_DROP PR_SET_SECUREBITS PR_CAP_AMBIENT_CLEAR_ALL
    PR_SET_DUMPABLE PR_SET_NO_NEW_PRIVS)
for setter in "${setters[@]}"; do
	n=$(nth "$setter")
	[ "$n" -gt 20 ] || fail "$setter is number $n"
	fails "prctl:error=EPERM:when=$n" -l 127.0.0.1:0 -s echo
done

# ------------------------------------------------------- a lie: nothing done

for call in setgroups setresgid setresuid; do
	fails "$call:retval=0" -l 127.0.0.1:0 -s echo
	fails "$call:retval=0" -l 127.0.0.1:0 -- /bin/cat
done
fails "prctl:retval=0:when=$(nth PR_SET_NO_NEW_PRIVS)" -l 127.0.0.1:0 -s echo

# -------------------------------------------------------------- Landlock

TINED=$real
abi=$(python3 -c 'import ctypes
print(ctypes.CDLL(None).syscall(444, None, 0, 1))')
[ "$abi" -gt 0 ] || skip "no Landlock; the rest is as it should be"
# The first call asks for its version.
create=landlock_create_ruleset:error=EMFILE:when=2+
for call in "$create" landlock_restrict_self; do
	fails "$call" -l 127.0.0.1:0 -s echo
	fails "$call" -o sandbox=strict -l 127.0.0.1:0 -- /bin/cat
done
fails landlock_add_rule -o sandbox=strict -l 127.0.0.1:0 -- /bin/cat
exit 0
