# SPDX-License-Identifier: ISC
"""The parts that count and do not depend on time: system calls, page faults,
mappings."""

import collections
import os
import re
import shutil
import signal
import subprocess

import loads
import machine
import rates
import servers
from report import Part

CALL = re.compile(r"^(\d+) +(\w+)\(")


def started(part, entrants):
    """Each in turn, while it runs; a note about one that does not."""
    for server in entrants:
        try:
            with server:
                yield server
        except loads.Failed as failure:
            part.notes.append(f"{server.name} left out: {failure}")


def trace(server, pid, n):
    """The system calls of a server and of its sessions for n connections, as
    counters by name, or None without strace or the right to use it."""
    if shutil.which("strace") is None:
        return None
    path = os.path.join(servers.tmp, "trace")
    with open(path + ".err", "w+", encoding="utf-8") as said:
        strace = subprocess.Popen(
            ["strace", "-f", "-o", path, "-p", str(pid)],
            stdin=subprocess.DEVNULL, stderr=said)
        attached = loads.wait_until(5, lambda: strace.poll() is not None or
                                    "attached" in machine.read(path + ".err"))
    if not attached or strace.poll() is not None:
        return None
    loads.run(server.address, "-c", 32, "-N", n, "-w", "60s")
    loads.settle(pid)
    strace.send_signal(signal.SIGINT)
    strace.wait(timeout=20)
    calls = {True: collections.Counter(), False: collections.Counter()}
    for line in machine.read(path).splitlines():
        match = CALL.match(line)
        # One that was interrupted, or that is begun again, counts once.
        if match and "ERESTARTNOINTR" not in line:
            calls[int(match[1]) == pid][match[2]] += 1
    return calls[True], calls[False]


def syscalls(how):
    n = how.traced
    part = Part("syscalls", "system calls for each connection", "calls",
                more=False)
    part.load = f"tine bench -c 32 -N {n}, under strace -f"
    entrants = [servers.tined("tined", *servers.ECHO, options=rates.OPEN),
                rates.fork_floor(),
                *rates.some(servers.echo_peers(), "openbsd", "socat"),
                *rates.some(servers.program_peers(rates.CAT), "tcpserver")]
    for server in started(part, entrants):
        counted = trace(server, server.parent(), n)
        if counted is None:
            part.notes.append("strace is missing or not allowed")
            break
        row = part.row(f"{server.name}: parent", server.kind, server.setup())
        row.add(sum(counted[0].values()) / n)
        part.row(f"{server.name}: session", server.kind).add(
            sum(counted[1].values()) / n)
        for who, counter in zip(("parent", "session"), counted):
            part.notes.append(f"{server.name}, {who}: " + ", ".join(
                f"{name} {count / n:.2f}"
                for name, count in counter.most_common() if count >= n / 50))
        if server.kind == "tined":
            shared = ("ppoll", "wait4", "rt_sigreturn")
            known = ("accept4", "clone", "close")
            part.target("acceptor: accept4, clone and close, of each the most",
                        max(counted[0][name] for name in known) / n, most=1.25)
            part.target("acceptor: the share of ppoll and wait4",
                        sum(counted[0][name] for name in shared) / n, most=1.5)
            part.target("acceptor: any other call", sum(
                count for name, count in counted[0].items()
                if name not in known + shared) / n, most=0.02)
    return part


def faults(how):
    n = how.traced * 5
    part = Part("faults", "page faults of a session, and what fork copies",
                "faults", rates.FORK, more=False)
    part.load = f"tine bench -c 8 -N {n}; cminflt of the server"
    entrants = [servers.tined("tined", *servers.ECHO, options=rates.OPEN),
                rates.fork_floor(), servers.floor(rates.LIBC, "floor/fork_echo_libc"),
                *servers.echo_peers(),
                *rates.some(servers.program_peers(rates.CAT), "tcpserver")]
    for server in started(part, entrants):
        pid = server.parent()
        loads.run(server.address, "-c", 8, "-N", 200)
        loads.settle(pid)
        own, theirs = machine.faults(pid)
        loads.run(server.address, "-c", 8, "-N", n)
        loads.settle(pid)
        own, theirs = (now - before for now, before in zip(
            machine.faults(pid), (own, theirs)))
        mappings, dirty = machine.writable_mappings(pid)
        tables = machine.page_tables_kib(pid)
        part.row(server.name, server.kind, server.setup()).add(theirs / n)
        part.notes.append(
            f"{server.name}: the parent itself {own / n:.2f} faults for each; "
            f"{mappings} writable private mappings, {dirty} KiB dirty; "
            f"{tables} KiB of page tables")
    part.target("tined, faults of a session", part.median("tined"), most=6,
                stretch=4)
    return part
