# SPDX-License-Identifier: ISC
"""The parts that measure memory: idle connections, and what is left behind."""

import time

import loads
import machine
import rates
import servers
from report import Part


def grown(server, n, slow):
    """KiB of system memory for each of n idle connections."""
    loads.settle(server.parent())
    # Once before, so that what the first connections need is there.
    loads.run(server.address, "-c", 8, "-N", 64)
    time.sleep(0.2)
    before = machine.settled_used_kib()
    with loads.Idle(server.address, n, within=30 if slow else 20) as idle:
        time.sleep(0.2)
        after = machine.settled_used_kib()
    held = idle.held()
    if held < n * 0.99:
        raise loads.Failed(f"held {held} of {n} only")
    loads.settle(server.parent())
    return (after - before) / held


def idle(how):
    n, few = how.idle_memory, how.idle_memory // 4
    part = Part("idle", "memory of an idle connection", "KiB", rates.FORK,
                more=False)
    part.load = (f"tine bench -c 0 -H {n} (programs: {few}); all memory of "
                 "the system but the page cache, the client's socket included")
    entrants = [
        (servers.tined("tined", *servers.ECHO, options=rates.OPEN), n),
        (servers.tined("tined, /bin/cat", "--", rates.CAT,
                       options=rates.OPEN), few),
        (rates.fork_floor(), n),
        (servers.floor(rates.LIBC, "floor/fork_echo_libc"), n)]
    entrants += [(peer, few) for peer in servers.echo_peers()]
    entrants += [(peer, few) for peer in rates.some(
        servers.program_peers(rates.CAT), "tcpserver")]
    rows = [part.row(server.name, server.kind, server.setup())
            for server, _ in entrants]
    for _ in range(max(1, how.rounds - 2)):
        for (server, count), row in zip(entrants, rows):
            # Its first round may be its last: a fresh process each time.
            try:
                with server:
                    row.add(grown(server, count, server.kind == "peer"))
            except loads.Failed as failure:
                part.notes.append(f"{server.name}: {failure}")
    part.target("tined, KiB", part.median("tined"), most=95, stretch=80)
    return part


def held(how):
    part = Part("held", "connections held at once", "connections")
    part.load = "tine bench -c 0 -H n, a limit of processes raised"
    server = servers.tined("tined", *servers.ECHO, options=rates.OPEN)
    row = part.row("tined", "tined", server.setup())
    with machine.Sysctl("kernel.pid_max", 4194304) as pid_max, \
            machine.Sysctl("kernel.threads-max", 200000):
        for n in how.held:
            if n + 1000 > pid_max.value():
                part.notes.append(
                    f"{n:,} not tried: kernel.pid_max is {pid_max.value()}")
                continue
            if n * 120 > machine.meminfo()["MemAvailable"]:
                part.notes.append(f"{n:,} not tried: too little memory")
                continue
            with server:
                with loads.Idle(server.address, n) as connections:
                    time.sleep(1)
                row.add(connections.held())
                part.notes.append(
                    f"{connections.held():,} of {n:,}, open and answered "
                    f"after {connections.seconds:.1f} s"
                    + (f"; {connections.result['stderr']}"
                       if connections.result["stderr"] else ""))
    most = max(row.values) if row.values else None
    row.values = [most] if most is not None else []
    part.target("tined, at once", most, least=30000, stretch=60000)
    return part


def leak(how):
    n = how.leak
    part = Part("leak", f"what is left after {n:,} connections", "left",
                more=False)
    part.load = f"tine bench -N {n}, an end record each"
    server = servers.tined("tined", *servers.ECHO, records=True)

    def state():
        acceptor = server.parent()
        loads.settle(acceptor)
        time.sleep(0.3)
        seen = {}
        for name, pid in (("acceptor", acceptor), ("main", server.pid)):
            heap, anonymous = machine.heap_kib(pid)
            seen[f"{name}, KiB of heap"] = heap
            seen[f"{name}, KiB of anonymous memory"] = anonymous
            seen[f"{name}, descriptors"] = machine.descriptors(pid)
        return seen

    with server:
        loads.run(server.address, "-N", min(20000, n))
        before = state()
        result = loads.run(server.address, "-N", n, timeout=600)
        after = state()
    for name, value in after.items():
        part.row(f"tined: {name}", "tined").add(value - before[name])
        if "anonymous" not in name:
            part.target(f"growth of {name}", value - before[name], most=0)
    part.rows[0].setup = server.setup()
    part.notes.append(f"{result['requests']:,} were answered, "
                      f"{result['errors']} not")
    return part
