#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""swallow.py PID: the next SIGCHLD of that process is never delivered, as when
a debugger lets go of it at that moment.  Prints `attached`, and `swallowed`
when it has let go."""
import os
import signal
import sys

from intrude import ptrace

CONT, DETACH, SEIZE = 7, 17, 0x4206


def main():
    pid = int(sys.argv[1])
    ptrace(SEIZE, pid)
    print("attached", flush=True)
    while True:
        _, status = os.waitpid(pid, 0)
        if not os.WIFSTOPPED(status):
            sys.exit(f"{pid} has ended")
        sig = os.WSTOPSIG(status) if status >> 16 == 0 else 0
        if sig == signal.SIGCHLD:
            ptrace(DETACH, pid)
            print("swallowed", flush=True)
            return
        ptrace(CONT, pid, sig)


if __name__ == "__main__":
    main()
