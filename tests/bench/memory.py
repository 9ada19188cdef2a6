# SPDX-License-Identifier: ISC
"""The parts that measure memory: idle connections, and what is left behind."""

import statistics
import subprocess
import time

import loads
import machine
import rates
import servers
from report import Part


def grown(server, n, account):
    """KiB for each of n idle connections: of the system's memory, and of what
    was charged to the account."""
    # Once before, so that what the first connections need is there.
    loads.run(server.address, "-c", 8, "-N", 64)
    loads.settle(server.parent())
    before, charged = machine.settled_used_kib(), account.kib()
    with loads.Idle(server.address, n, within=20) as held_ones:
        time.sleep(0.3)
        after, charged_after = machine.settled_used_kib(), account.kib()
    count = held_ones.held()
    if count < n * 0.99:
        raise loads.Failed(f"held {count} of {n} only")
    loads.settle(server.parent())
    return ((after - before) / count,
            None if charged is None else (charged_after - charged) / count)


def idle(how):
    n, few = how.idle_memory, how.idle_memory // 4
    part = Part("idle", "memory of an idle connection", "KiB", rates.FORK,
                more=False)
    part.load = (f"tine bench -c 0 -H {n} (programs and peers: {few}); what "
                 "is charged to a memory cgroup, the kernel's memory and the "
                 "client's socket included")
    entrants = [
        (servers.tined("tined", *servers.ECHO, options=rates.OPEN), n),
        (servers.tined("tined, /bin/cat", "--", rates.CAT,
                       options=rates.OPEN), few),
        (rates.fork_floor(), n),
        (servers.floor(rates.LIBC, "floor/fork_echo_libc"), n)]
    entrants += [(peer, few) for peer in servers.echo_peers()]
    entrants += [(peer, few) for peer in rates.some(
        servers.program_peers(rates.CAT), "tcpserver")]
    rows = [part.row(server.name, "other" if "cat" in server.name and
                     server.kind == "tined" else server.kind, server.setup())
            for server, _ in entrants]
    system = {server.name: [] for server, _ in entrants}
    with machine.OwnAccount() as account:
        for _ in range(max(1, how.rounds - 2)):
            for (server, count), row in zip(entrants, rows):
                try:
                    with server:
                        value, charged = grown(server, count, account)
                except loads.Failed as failure:
                    part.notes.append(f"{server.name}: {failure}")
                    continue
                row.add(value if charged is None else charged)
                if charged is not None:
                    system[server.name].append(value)
        if account.kib() is None:
            part.load = part.load.replace(
                "what is charged to a memory cgroup",
                "no memory cgroup: /proc/meminfo, which all processes change")
    if any(system.values()):
        part.notes.append(
            "the same in /proc/meminfo, which all processes change: " +
            ", ".join(f"{name} {statistics.median(values):.0f}"
                      for name, values in system.items() if values))
    part.target("tined, KiB", part.median("tined"), most=95, stretch=80)
    return part


def hold(part, row, server, n):
    """n connections at once; returns the seconds that took."""
    began = time.monotonic()
    with server:
        try:
            result = loads.run(server.address, "-c", 0, "-H", n, "-d", "1s",
                               timeout=180)
        except subprocess.TimeoutExpired:
            part.notes.append(f"{n:,}: not within 180 s")
            return 180
        took = time.monotonic() - began
    count = result["idle_held"] - result["idle_lost"]
    row.add(count)
    part.notes.append(f"{count:,} of {n:,}, {took:.1f} s" + (
        f"; {result['stderr']}" if result["stderr"] else ""))
    return took


def held(how):
    part = Part("held", "connections held at once", "connections")
    part.load = "tine bench -c 0 -H n -d 1s; kernel.pid_max raised"
    server = servers.tined("tined", *servers.ECHO, options=rates.OPEN)
    row = part.row("tined", "tined", server.setup())
    took = 0
    with machine.Sysctl("kernel.pid_max", 4194304) as pid_max, \
            machine.Sysctl("kernel.threads-max", 200000):
        for n in how.held:
            if n + 1000 > pid_max.value():
                part.notes.append(
                    f"{n:,} not tried: kernel.pid_max is {pid_max.value()}")
            elif n * 120 > machine.meminfo()["MemAvailable"]:
                part.notes.append(f"{n:,} not tried: too little memory")
            elif took > 45:
                part.notes.append(f"{n:,} not tried: that took too long here")
            else:
                took = hold(part, row, server, n)
    most = max(row.values) if row.values else None
    row.values = [most] if most is not None else []
    part.target("tined, at once", most, least=30000, stretch=60000)
    return part


def leak(how):
    n = how.leak
    part = Part("leak", f"what is left after {n:,} connections", "left",
                more=False)
    part.load = f"tine bench -N {n}, an end record each"
    if not machine.is_root():
        part.notes.append("only root sees what tined's processes hold")
        return part
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
