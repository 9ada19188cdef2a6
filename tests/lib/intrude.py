#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""What an intruder would do who has taken over a process: its system calls,
and its memory.  Needs x86-64 and permission to ptrace.

intrude.py call PID < CALLS       makes that process do system calls, one a
                                  line (`LABEL: NUMBER ARGUMENT...`; words in
                                  quotes are strings, also as hex:BYTES, `@` a
                                  page of zeros) and
                                  prints `LABEL: ok` or the errno's name
intrude.py scribble PID NAME SEED writes random bytes over each shared and
                                  writable mapping whose name has NAME; a SEED
                                  of ff or 00 writes that byte; prints how many
                                  bytes it were
intrude.py replace PID NAME OLD NEW  replaces each 32-bit number OLD there by
                                  NEW; prints how many it were
intrude.py swallow PID            the next SIGCHLD of that process is never
                                  delivered, as when a debugger lets go of it
                                  at that moment; prints `attached`, and
                                  `swallowed` when it has let go
"""
import ctypes
import errno
import os
import random
import shlex
import signal
import sys

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p,
                        ctypes.c_void_p]
libc.ptrace.restype = ctypes.c_long
CONT, SINGLESTEP, GETREGS, SETREGS = 7, 9, 12, 13
ATTACH, DETACH, SEIZE = 16, 17, 0x4206
NAMES = ("r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi orig_rax "
         "rip cs eflags rsp ss fs_base gs_base ds es fs gs").split()


class Regs(ctypes.Structure):
    _fields_ = [(name, ctypes.c_ulonglong) for name in NAMES]


def ptrace(request, pid, data=None):
    if libc.ptrace(request, pid, None, data) == -1:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))


class Victim:
    """A stopped process, which waits in a system call."""

    def __init__(self, pid):
        self.pid = pid
        ptrace(ATTACH, pid)
        os.waitpid(pid, 0)
        self.regs = Regs()
        ptrace(GETREGS, pid, ctypes.addressof(self.regs))
        self.mem = open(f"/proc/{pid}/mem", "r+b", buffering=0)
        self.mem.seek(self.regs.rip - 2)
        if self.mem.read(2) != b"\x0f\x05":
            sys.exit(f"{pid} does not wait in a system call")

    def call(self, number, arguments):
        place = (self.regs.rsp - 65536) & ~4095
        self.mem.seek(place)
        self.mem.write(bytes(65536 - 8192))
        values = []
        for word in arguments:
            if isinstance(word, int):
                values.append(word & (1 << 64) - 1)
                continue
            self.mem.seek(place)
            self.mem.write(word + b"\0")
            values.append(place)
            place += 4096
        regs = Regs.from_buffer_copy(self.regs)
        values += [0] * (6 - len(values))
        (regs.rdi, regs.rsi, regs.rdx, regs.r10, regs.r8, regs.r9) = values
        regs.rax, regs.orig_rax, regs.rip = number, (1 << 64) - 1, regs.rip - 2
        ptrace(SETREGS, self.pid, ctypes.addressof(regs))
        ptrace(SINGLESTEP, self.pid)
        _, status = os.waitpid(self.pid, 0)
        if not os.WIFSTOPPED(status):
            return f"died with status {status}"
        ptrace(GETREGS, self.pid, ctypes.addressof(regs))
        result = ctypes.c_longlong(regs.rax).value
        if regs.rip != self.regs.rip:
            return "no return"
        return errno.errorcode.get(-result, result) if result < 0 else "ok"

    def release(self):
        """It goes on with the call that it was in, from its beginning."""
        regs = Regs.from_buffer_copy(self.regs)
        if ctypes.c_longlong(regs.orig_rax).value >= 0:
            regs.rax, regs.rip = regs.orig_rax, regs.rip - 2
            regs.orig_rax = (1 << 64) - 1
        ptrace(SETREGS, self.pid, ctypes.addressof(regs))
        ptrace(DETACH, self.pid)


def argument(word):
    if word == "@":
        return b""
    if word.startswith("hex:"):
        return bytes.fromhex(word[4:])
    try:
        return int(word, 0)
    except ValueError:
        return word.encode()


def calls(pid):
    victim = Victim(pid)
    for line in sys.stdin:
        label, _, rest = line.partition(":")
        number, *words = shlex.split(rest)
        result = victim.call(int(number), [argument(w) for w in words])
        print(f"{label}: {result}", flush=True)
    victim.release()


def mappings(pid, name):
    """The start and the size of what is used of each shared mapping."""
    with open(f"/proc/{pid}/maps") as maps:
        for line in maps:
            where, mode, _, _, _, *path = line.split(maxsplit=5)
            if mode[:2] == "rw" and mode[3] == "s" and name in "".join(path):
                start, end = (int(x, 16) for x in where.split("-"))
                # It is sparse; what a test can use is at its beginning.
                yield start, min(end - start, 32 << 20)


def scribble(pid, name, seed):
    written = 0
    with open(f"/proc/{pid}/mem", "r+b", buffering=0) as mem:
        for start, size in mappings(pid, name):
            if seed in ("00", "ff"):
                data = bytes.fromhex(seed) * size
            else:
                data = random.Random(seed).randbytes(size)
            mem.seek(start)
            written += mem.write(data)
    print(written)


def replace(pid, name, old, new):
    count = 0
    old, new = (n.to_bytes(4, sys.byteorder) for n in (old, new))
    with open(f"/proc/{pid}/mem", "r+b", buffering=0) as mem:
        for start, size in mappings(pid, name):
            mem.seek(start)
            data = mem.read(size)
            at = data.find(old)
            while at != -1:
                if at % 4 == 0:
                    mem.seek(start + at)
                    mem.write(new)
                    count += 1
                at = data.find(old, at + 1)
    print(count)


def swallow(pid):
    ptrace(SEIZE, pid)
    print("attached", flush=True)
    while True:
        _, status = os.waitpid(pid, 0)
        if not os.WIFSTOPPED(status):
            sys.exit(f"{pid} has ended")
        sig = os.WSTOPSIG(status) if status >> 16 == 0 else 0
        if sig == signal.SIGCHLD:
            break
        ptrace(CONT, pid, sig)
    ptrace(DETACH, pid)
    print("swallowed", flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "call":
        calls(int(sys.argv[2]))
    elif sys.argv[1] == "scribble":
        scribble(int(sys.argv[2]), sys.argv[3], sys.argv[4])
    elif sys.argv[1] == "swallow":
        swallow(int(sys.argv[2]))
    else:
        replace(int(sys.argv[2]), sys.argv[3], int(sys.argv[4]),
                int(sys.argv[5]))
