#!/bin/bash
# Goal of this test: a process of their user, in a sandbox or not, reads and
# writes no memory of main, the logger and the acceptors, takes no descriptor of
# theirs and changes nothing below /proc; and a strict program reaches no other
# session's memory either.
export TMPDIR=/var/tmp	# the strict sandbox has a /tmp of its own
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
require python3 socat
require_sandbox
require_kernel seccomp
python=$(PATH=/usr/bin:/bin command -v python3) ||
	skip "the services need a python3 of the system's"

# Reads words: names and their processes, and the level that it runs at.  It
# prints what could be done to each; its own child shows that it tries rightly.
cat >"$tmp/peek.py" <<'END'
import errno
import os
import signal
import sys

level, *words = sys.stdin.readline().split()
others = dict(word.split("=") for word in words)


def attempt(name, function, *arguments):
    try:
        function(*arguments)
        result = "ok"
    except OSError as e:
        result = errno.errorcode[e.errno]
    print(f"{name}: {result}", flush=True)


def look(pid, name, flags):
    os.close(os.open(f"/proc/{pid}/{name}", flags))


def links(pid):
    os.readlink(f"/proc/{pid}/fd/0")


def call(number, *arguments):
    ctypes.set_errno(0)
    if libc.syscall(number, *arguments) == -1:
        raise OSError(ctypes.get_errno(), "")


def take(pid):
    fd = os.pidfd_open(pid)
    call(438, fd, 0, 0)


def read_memory(pid):
    class Vector(ctypes.Structure):
        _fields_ = [("base", ctypes.c_void_p), ("len", ctypes.c_size_t)]

    here = ctypes.create_string_buffer(8)
    there = int(open(f"/proc/{pid}/stat").read().rsplit(")")[1].split()[25])
    vectors = [Vector(ctypes.cast(here, ctypes.c_void_p), 8),
               Vector(there or ctypes.addressof(here), 8)]
    call(310, pid, ctypes.byref(vectors[0]), 1, ctypes.byref(vectors[1]), 1,
         0)


def peek(name, pid):
    attempt(f"{name} mem", look, pid, "mem", os.O_RDONLY)
    attempt(f"{name} mem, to write", look, pid, "mem", os.O_RDWR)
    attempt(f"{name} environ", look, pid, "environ", os.O_RDONLY)
    attempt(f"{name} maps", look, pid, "maps", os.O_RDONLY)
    attempt(f"{name} fd", links, pid)
    attempt(f"{name} root", look, pid, "root/etc/passwd", os.O_RDONLY)
    attempt(f"{name} oom_score_adj", look, pid, "oom_score_adj", os.O_WRONLY)
    if level == "off":
        attempt(f"{name} ptrace", call, 101, 0x4206, pid, 0, 0)
        attempt(f"{name} pidfd_getfd", take, pid)
        attempt(f"{name} process_vm_readv", read_memory, pid)


# strict leaves it no memory to make functions of.
if level == "off":
    import ctypes
    libc = ctypes.CDLL(None, use_errno=True)
child = os.fork()
if child == 0:
    signal.pause()
peek("child", child)
os.kill(child, signal.SIGKILL)
os.wait()
for name, pid in others.items():
    peek(name, int(pid))
print("finished: ok", flush=True)
END
chmod 0644 "$tmp/peek.py"

start_conf <<END
defaults { listen = {"127.0.0.1:0"} }
service echo { builtin = echo }
service cat { exec = {"/bin/cat"} }
service off { exec = {"$python", "$tmp/peek.py"} sandbox = off }
service basic { exec = {"$python", "$tmp/peek.py"} }
service strict { exec = {"$python", "$tmp/peek.py"} sandbox = strict }
$([ "$(id -u)" -ne 0 ] || echo "service root {
	exec = {\"$python\", \"$tmp/peek.py\"} user = root
}")
END
logger=$(logger) || fail "no logger"
processes=("main=$PID" "logger=$logger")
for service in echo cat off basic strict; do
	processes+=("$service=$(acceptor "$service")")
done
talk "$ADDR_echo"
same "echo" hi "$(say "$TALK" hi)"
session=$(pgrep -P "$(acceptor echo)") || fail "no session"
processes+=("session=$session")

# possible LEVEL: what it can do, but for its child.
possible() {
	grep -E ': ok$' "$tmp/got" | grep -vE '^(child|finished)'
}

for service in off basic strict; do
	address=ADDR_$service
	echo "$service ${processes[*]}" | ask "${!address}" 60 >"$tmp/got"
	grep -qx 'finished: ok' "$tmp/got" ||
		fail "$service: $(cat "$tmp/got")"
	# What is refused is refused for that, not for want of trying.
	want='child mem: ok'
	grep -qx "$want" "$tmp/got" || fail "$service: $(cat "$tmp/got")"
	[ "$service" != off ] || ! grep -q '^child .*: E' "$tmp/got" ||
		fail "off: $(grep '^child ' "$tmp/got")"
	echo "$service: $(wc -l <"$tmp/got") attempts"
	same "$service: what is possible" "" "$(possible)"
done
exec {TALK}>&-

# Root without capabilities owns what /proc has of main, and nothing more.
if [ "$(id -u)" -eq 0 ]; then
	echo "basic ${processes[*]}" | ask "$ADDR_root" 60 >"$tmp/got"
	grep -qx 'finished: ok' "$tmp/got" || fail "root: $(cat "$tmp/got")"
	same "root: what is possible" "" "$(possible | grep -v ' oom_score_adj:')"
fi

# Two sessions of one service, and those of the others.
for service in basic strict; do
	address=ADDR_$service
	talk "${!address}"
	wait_until 10 pgrep -P "$(acceptor $service)" >/dev/null
	sibling=$(pgrep -P "$(acceptor $service)") || fail "no sibling"
	talk=$TALK
	talk "$ADDR_cat"
	same "cat" hi "$(say "$TALK" hi)"
	program=$(pgrep -P "$(acceptor cat)") || fail "no program"
	echo "$service sibling=$sibling program=$program" |
		ask "${!address}" 60 >"$tmp/got"
	grep -qx 'finished: ok' "$tmp/got" ||
		fail "$service: $(cat "$tmp/got")"
	if [ "$service" = strict ]; then
		"$top_builddir/tests/lib/without" landlock ||
			same "strict: siblings" "" "$(possible)"
	else
		# The manual says so.
		grep -qx 'program mem, to write: ok' "$tmp/got" ||
			fail "basic: $(cat "$tmp/got")"
	fi
	exec {TALK}>&- {talk}>&-
done
stop_tined

[ "$(id -u)" -eq 0 ] || exit 0
require setpriv
user=$(id -u nobody) || skip "there is no nobody"
as_nobody=(setpriv "--reuid=$user" "--regid=$user" --clear-groups)
"${as_nobody[@]}" test -x "$top_builddir/tests/lib/without" ||
	skip "nobody cannot enter the build; the rest passed"
# As it is installed: the acceptor cannot be read.
mkdir "$tmp/bin"
cp "$TINED_FILE" "$tmp/bin/tined"
cp "$TINED_ACCEPTOR" "$tmp/bin/tined-acceptor"
chmod 0711 "$tmp/bin/tined-acceptor"
TINED=$tmp/bin/tined TINED_ACCEPTOR=$tmp/bin/tined-acceptor \
    "${as_nobody[@]}" bash "$0" || fail "as nobody"
