#!/bin/bash
# Goal of this test: a program cannot do what its sandbox takes away, and can
# do the rest.
# shellcheck source=../lib/behaviour.sh
. "$(dirname "$0")/../lib/behaviour.sh"
# shellcheck source=../lib/crowd.sh
. "$(dirname "$0")/../lib/crowd.sh"
require socat python3
require_root
require_sandbox
require_kernel seccomp
[ "$(uname -m)" = x86_64 ] || skip "the system calls' numbers are x86-64's"

# In strict /tmp is another one: this stands elsewhere.
place=$(mktemp -d /var/tmp/tined.XXXXXX) || skip "no /var/tmp"
finally "rm -rf '$place'"
chmod 0755 "$place"
mkdir -m 0777 "$place/yes" "$place/no"
sleep 1000 &
foreign=$!
record "$foreign"
start_tined -l 127.0.0.1:0 -s echo
echo_port=$(port "$ADDR_echo")

cat >"$place/try.py" <<'END'
"""Tries each thing and prints `name: ok` or the errno's name."""
import ctypes, errno, mmap, os, resource, socket, stat, sys
place, foreign, port = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
tmp_file = "/tmp/" + os.path.basename(place) + "." + os.environ["TINED_SERVICE"]
libc = ctypes.CDLL(None, use_errno=True)

def attempt(name, what):
    try:
        what()
        print(f"{name}: ok")
    except OSError as e:
        print(f"{name}: {errno.errorcode.get(e.errno, e.errno)}")
    except ValueError:  # setrlimit's EPERM
        print(f"{name}: EPERM")

def call(nr, *args):
    args = [a if a is None else ctypes.c_long(a) if isinstance(a, int) else a
            for a in args]
    result = libc.syscall(ctypes.c_long(nr), *args)
    if result == -1:
        raise OSError(ctypes.get_errno(), "")
    if nr == 56 and result == 0:
        os._exit(0)

def write(path):
    with open(path, "w") as f:
        f.write("x")

def own_file(mode):
    path = f"{place}/yes/own"
    write(path)
    os.chmod(path, mode)

def tcp(what):
    s = socket.socket()
    what(s)
    s.close()

def udp():
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.connect(("127.0.0.1", 9))

def wx():
    mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)

def fork_and_kill():
    pid = os.fork()
    if pid == 0:
        import time
        time.sleep(100)
    os.kill(pid, 15)
    os.waitpid(pid, 0)

attempt("chroot", lambda: os.chroot("/"))
attempt("setuid", lambda: os.setuid(0))
attempt("read", lambda: open("/etc/passwd").read())
attempt("exec", lambda: os.system("exit 0") and 1 / 0)
attempt("write yes", lambda: write(f"{place}/yes/file"))
attempt("write no", lambda: write(f"{place}/no/file"))
attempt("write null", lambda: write("/dev/null"))
attempt("write tmp", lambda: write(tmp_file))
attempt("setuid file", lambda: own_file(0o4755))
attempt("plain mode", lambda: own_file(0o755))
attempt("tcp connect", lambda: tcp(lambda s: s.connect(("127.0.0.1", port))))
attempt("tcp bind", lambda: tcp(lambda s: s.bind(("127.0.0.1", 0))))
attempt("udp", udp)
attempt("packet socket", lambda: socket.socket(socket.AF_VSOCK))
attempt("kill foreign", lambda: os.kill(foreign, 0))
attempt("kill own", fork_and_kill)
attempt("wx memory", wx)
attempt("core", lambda: resource.setrlimit(resource.RLIMIT_CORE, (1, 1)))
attempt("mount", lambda: call(165, b"none", b"/tmp", b"tmpfs", 0, None))
attempt("unshare net", lambda: call(272, 0x40000000))
attempt("clone user", lambda: call(56, 0x10000000 | 17, 0, 0, 0, 0))
attempt("clone3", lambda: call(435, None, 0))
attempt("openat2", lambda: call(437, -1, b"/", None, 0))
attempt("ptrace", lambda: call(101, 16, foreign, 0, 0))
attempt("process_vm_readv", lambda: call(310, foreign, None, 0, None, 0, 0))
attempt("bpf", lambda: call(321, 0, None, 0))
attempt("perf", lambda: call(298, None, 0, -1, -1, 0))
attempt("keyctl", lambda: call(250, 0, -3, 0))
attempt("io_uring", lambda: call(425, 1, None))
attempt("userfaultfd", lambda: call(323, 0))
attempt("reboot", lambda: call(169, 0, 0, 0, None))
attempt("unknown", lambda: call(9999))
attempt("unshare user", lambda: call(272, 0x10000000))
END
chmod 0644 "$place/try.py"
exec='{"/usr/bin/python3", "-SEB", "'$place/try.py'", "'$place'",'
exec+=" \"$foreign\", \"$echo_port\"}"
conf=$(config <<END
log_level = debug
defaults { listen = {"127.0.0.1:0"} exec = $exec user = nobody stderr = socket }
service off { sandbox = off }
service basic { sandbox = basic }
service strict { sandbox = strict writable = {"$place/yes"} }
END
)
chown nobody "$place/yes" "$place/no"
start_tined -c "$conf"

# tries SERVICE: what became of everything.
tries() {
	local address=ADDR_$1
	ask "${!address}" 20 </dev/null >"$tmp/$1"
	grep -q '^unshare user: ' "$tmp/$1" || fail "$1: $(cat "$tmp/$1")"
}
# is SERVICE ERROR WHAT...
is() {
	local service=$1 error=$2 what
	shift 2
	for what; do
		same "$service: $what" "$error" \
		    "$(sed -n "s/^$what: //p" "$tmp/$service")"
	done
}
tries off
is off ok read exec "write yes" "write no" "write null" "write tmp" \
    "setuid file" "tcp connect" "tcp bind" udp "kill own" "wx memory"
is off EPERM mount setuid chroot

tries basic
is basic ok read exec "write yes" "write no" "write null" "write tmp" \
    "plain mode" "tcp connect" "tcp bind" udp "kill own" "wx memory"
is basic EPERM "setuid file" core mount "unshare user" "unshare net" \
    "clone user" ptrace process_vm_readv bpf perf keyctl io_uring userfaultfd \
    reboot chroot setuid
is basic ENOSYS clone3 openat2 unknown
[ ! -u "$place/yes/own" ] || fail "a set-user-ID file was made"

tries strict
is strict EPERM core mount "unshare user" "clone user" ptrace bpf perf \
    keyctl io_uring userfaultfd reboot setuid
is strict ENOSYS clone3 openat2 unknown
is strict ok read exec "plain mode" "kill own"
is strict EAFNOSUPPORT "packet socket"
[ "$(sed -n 's/^wx memory: //p' "$tmp/strict")" != ok ] ||
	fail "strict: memory to write and execute"

# What the kernel has of Landlock; tined says what it lacks.
abi=$(python3 -c 'import ctypes
print(ctypes.CDLL(None).syscall(444, None, 0, 1))')
echo "Landlock ABI $abi"
[ "$abi" -ge 1 ] || skip "no Landlock; all the rest is as it should be"
is strict ok "write yes" "write null"
is strict EACCES "write no"
[ ! -e "$place/no/strict" ] || fail "something was written"
[ "$abi" -lt 4 ] || is strict EACCES "tcp connect" "tcp bind"
[ "$abi" -lt 6 ] || is strict EPERM "kill foreign"
is strict ok udp

# The private /tmp can be written to, and is not the system's.
for service in off basic strict; do
	file=/tmp/${place##*/}.$service
	written=no
	[ ! -e "$file" ] || written=yes
	rm -f "$file"
	[ "$service:$written" != strict:yes ] ||
		fail "strict has written to the system's /tmp"
	[ "$service" = strict ] || same "$service: /tmp" yes "$written"
done
stop_tined
exit 0
