#!/bin/bash
# Goal of this test: where a step of the confinement fails the service does not
# start, and one line says why.
# shellcheck source=../lib/behaviour.sh
. "$(dirname "$0")/../lib/behaviour.sh"
require strace
require_root
require_sandbox

mkdir "$tmp/root"
chmod 0755 "$tmp/root"
real=$TINED
strace -f -o /dev/null -e trace=none "$real" -V >/dev/null 2>&1 ||
	skip "no ptrace"

# fails CALL ARGUMENT...: the service does not start.
fails() {
	local call=$1 status=0
	shift
	cat >"$tmp/tined" <<END
#!/bin/sh
exec strace -f -qq -o "$tmp/trace" -e trace=$call -e inject=$call:error=EPERM \
    "$real" "\$@"
END
	chmod 0755 "$tmp/tined"
	TINED=$tmp/tined
	try_tined "$@" && fail "it serves although $call fails"
	wait_exit "$PID" || status=$?
	[ "$status" -ne 0 ] || fail "$call fails, and it exits with 0"
	grep -q INJECTED "$tmp/trace" || fail "$call is not called: $*"
	# The logger gives up its privileges, too, and says so if it cannot.
	same "the lines of the log, when $call fails" 1 \
	    "$(but_for_the_kernel <"$LOG" | grep -vc '^error log ')"
	cat "$LOG"
}
calls=(setgroups setresgid setresuid capset)
"$top_builddir/tests/lib/without" seccomp || calls+=(seccomp)
for call in "${calls[@]}"; do
	fails "$call" -l 127.0.0.1:0 -s echo
	fails "$call" -l 127.0.0.1:0 -- /bin/cat
done
fails chroot -o "chroot=$tmp/root" -l 127.0.0.1:0 -s echo
fails chdir -o "chroot=$tmp/root" -l 127.0.0.1:0 -s echo

# These two are prctl(2) and a kernel's that may be without Landlock.
TINED=$real
start_tined -l 127.0.0.1:0 -s echo
stop_tined
fails prctl -l 127.0.0.1:0 -s echo
if [ "$(python3 -c 'import ctypes
print(ctypes.CDLL(None).syscall(444, None, 0, 1))')" -gt 0 ]; then
	fails landlock_restrict_self -l 127.0.0.1:0 -s echo
	fails landlock_restrict_self -o sandbox=strict -l 127.0.0.1:0 -- /bin/cat
fi
exit 0
