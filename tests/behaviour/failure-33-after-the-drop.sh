#!/bin/bash
# Goal of this test: what has taken over a session cannot become root again,
# open a file, execute anything, or signal another service's processes; nor can
# a program leave its root directory or use a set-user-ID file.
export TMPDIR=/var/tmp	# the strict sandbox has a /tmp of its own
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
. "$(dirname "$0")/../lib/failure.sh"
require python3 socat busybox
require_root
require_sandbox
require_kernel seccomp
[ "$(uname -m)" = x86_64 ] || skip "the registers are x86-64's"

# ------------------------------------------- a built-in, seen from the inside

mkdir -p "$tmp/root/bin"
echo secret >"$tmp/secret"
chmod 0644 "$tmp/secret"
conf=$(config <<END
defaults { listen = {"127.0.0.1:0"} }
service echo { builtin = echo chroot = "$tmp/root" }
service free { builtin = echo }
service other { builtin = echo }
service cat { exec = {"/bin/cat"} }
END
)
start_tined -c "$conf"
remember
talk "$ADDR_other"
same "the other one" hi "$(say "$TALK" hi)"
other=$TALK
other_session=$(pgrep -P "$(acceptor other)") || fail "no other session"
talk "$ADDR_cat"
same "the program" hi "$(say "$TALK" hi)"
program=$TALK
program_pid=$(pgrep -P "$(acceptor cat)") || fail "no program"

abi=$(python3 -c 'import ctypes
print(ctypes.CDLL(None).syscall(444, None, 0, 1))')
echo "Landlock ABI $abi"
# Where Landlock cannot scope signals, services of one user can signal each
# other (one user for each service, says the manual): none is sent then.
signal=9
[ "$abi" -ge 6 ] || signal=0

# What it tries: the call's number, and what must become of it: the errors of
# the filter, of Landlock, of the kernel for the user nobody; never `ok`.
calls() {
	cat <<-END
		setuid: 105 0
		setgid: 106 0
		setreuid: 113 0 0
		setresuid: 117 0 0 0
		setresgid: 119 0 0 0
		setgroups: 116 0 0
		setfsuid: 122 0
		capset: 126 @ @
		prctl keepcaps: 157 8 1
		prctl ambient: 157 47 2 0 0 0
		chroot: 161 /
		chdir: 80 /
		fchdir: 81 0
		open: 2 $tmp/secret 0
		open relative: 2 ../../../../../../..$tmp/secret 0
		openat: 257 -100 $tmp/secret 0
		openat2: 437 -100 $tmp/secret @ 24
		open proc: 2 /proc/self/mem 2
		create: 2 /file 65 0666
		unlink: 87 $tmp/secret
		mkdir: 83 /dir 0777
		mount: 165 none / tmpfs 0 0
		execve: 59 /bin/true @ @
		execveat: 322 -100 /bin/true @ @ 0
		execveat of a descriptor: 322 0 '' @ @ 4096
		fork and unshare: 56 0x10000011 0 0 0 0
		clone3: 435 @ 88
		unshare: 272 0x10000000
		ptrace: 101 16 $other_session 0 0
		write memory: 311 $other_session @ 1 @ 1 0
		socket: 41 2 1 0
		bind: 49 0 @ 16
		connect: 42 0 @ 16
		io_uring: 425 1 @
		bpf: 321 0 @ 72
		keyctl: 250 0 -3 0
		executable memory: 9 0 4096 7 0x22 -1 0
		kill main: 62 $PID 0
		kill main, TERM: 62 $PID 15
		kill main, HUP: 62 $PID 1
		kill an acceptor: 62 $(acceptor other) $signal
		kill a session: 62 $other_session $signal
		kill a program: 62 $program_pid $signal
		kill its group: 62 -$program_pid $signal
		kill init: 62 1 0
		tkill: 200 $other_session 9
		tgkill: 234 $other_session $other_session 9
		sigqueue: 129 $other_session 9 @
		pidfd_open: 434 $other_session 0
		reboot: 169 0 0 0 0
	END
}
for service in echo free; do
	address=ADDR_$service
	talk "${!address}"
	same "$service" before "$(say "$TALK" before)"
	session=$(pgrep -P "$(acceptor "$service")") || fail "no session"
	calls | intrude call "$session" >"$tmp/tried" 2>&1 || {
		grep -q 'PermissionError' "$tmp/tried" && skip "no ptrace"
		fail "$(cat "$tmp/tried")"
	}
	same "$service: the calls" "$(calls | wc -l)" "$(wc -l <"$tmp/tried")"
	possible=$(grep -vE ': E(PERM|ACCES|NOSYS)$' "$tmp/tried")
	[ "$abi" -ge 6 ] || possible=$(grep -v '^kill ' <<<"$possible")
	same "$service: what is possible" "" "$possible"
	# It is alive, and nothing of it has changed anything.
	same "$service" after "$(say "$TALK" after)"
	exec {TALK}>&-
done
same "the other session" still "$(say "$other" still)"
same "the program" still "$(say "$program" still)"
same "the secret" secret "$(cat "$tmp/secret")"
same "the root directory" bin "$(ls "$tmp/root")"
exec {other}>&- {program}>&-
unchanged
stop_tined

# ------------------------------------------------------------------ a program

cp "$(command -v busybox)" "$tmp/root/bin/busybox" || exit 99
ldd "$tmp/root/bin/busybox" 2>/dev/null | grep -o '/[^ ]*' |
    while read -r lib; do
	mkdir -p "$tmp/root${lib%/*}" && cp "$lib" "$tmp/root$lib"
done
mkdir -m 0777 "$tmp/root/tmp"
cat >"$tmp/root/try" <<END
b=/bin/busybox
cd /tmp && \$b mkdir -p x && \$b chroot x /bin/true && echo "chroot: ok"
n=0
while [ \$n -lt 100 ]; do cd ..; n=\$((n + 1)); done
\$b cat ./$tmp/secret /../../../..$tmp/secret /proc/1/root$tmp/secret
\$b ln -s /../../..$tmp/secret l && \$b cat l
\$b kill -0 1 $PPID && echo "kill: ok"
echo finished
END
chmod 0644 "$tmp/root/try"
conf=$(config <<END
defaults { listen = {"127.0.0.1:0"} exec = {"$tmp/id", "-u"} stderr = null }
service basic {
	chroot = "$tmp/root"
	exec = {"/bin/busybox", "sh", "/try"}
}
service strict {
	chroot = "$tmp/root"
	exec = {"/bin/busybox", "sh", "/try"}
	sandbox = strict
}
service id-off { sandbox = off }
service id-basic { sandbox = basic }
service id-strict { sandbox = strict }
END
)
cp "$(command -v id)" "$tmp/id" || exit 99
chmod 4755 "$tmp/id"
start_tined -c "$conf"
for service in basic strict; do
	address=ADDR_$service
	ask "${!address}" </dev/null >"$tmp/tried"
	cat "$tmp/tried"
	grep -qx finished "$tmp/tried" || fail "$service: $(cat "$tmp/tried")"
	! grep -qE 'secret|: ok' "$tmp/tried" || fail "$service: it gets out"
done
# The file is set-user-ID of root, and the file system honours that.
same "off: who becomes root" 0 "$(ask "$ADDR_id_off" </dev/null)"
for address in "$ADDR_id_basic" "$ADDR_id_strict"; do
	uid=$(ask "$address" </dev/null)
	[ "$uid" -gt 0 ] || fail "set-user-ID: '$uid'"
done
stop_tined
