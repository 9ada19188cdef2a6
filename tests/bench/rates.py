# SPDX-License-Identifier: ISC
"""The parts that measure a rate: each server in turn, in several rounds."""

import loads
import servers
from report import Part

FORK = "fork, no libc"
LIBC = "fork, static-pie glibc"
EPOLL = "epoll, one thread"
VFORK = "vfork+exec"
CAT = "/bin/cat"
# Idle, full or loaded: default limits would be in the way.
OPEN = (f"instances={65536}", f"per_source={65536}")


def fork_floor():
    return servers.floor(FORK, "floor/fork_echo")


def interleave(part, entrants, measure, rounds):
    """Starts all, measures each in turn, once a round, and stops them."""
    running = []
    try:
        for server in entrants:
            try:
                server.start()
                running.append((server, part.row(server.name, server.kind,
                                                 server.setup())))
            except (loads.Failed, OSError) as failure:
                part.notes.append(f"{server.name} left out: {failure}")
        for number in range(rounds):
            turn = number % len(running)
            for server, row in running[turn:] + running[:turn]:
                try:
                    row.add(*measure(server))
                except loads.Failed as failure:
                    part.notes.append(f"{server.name}: {failure}")
                loads.settle(server.parent(), 5)
    finally:
        for server in entrants:
            server.stop()


def echo_rate(seconds):
    return lambda server: loads.rate(server.address, seconds)


LOAD = "tine bench -c 32 -s 64: a connection each, 32 at a time"


def rate(how):
    part = Part("rate", "echo, a connection each", "conn/s", FORK)
    part.load = LOAD + ("; accept and close: -s 0 -E")
    close = servers.floor("accept and close", "floor/accept_close")

    def measure(server):
        options = ("-s", 0, "-E") if server is close else ()
        return loads.rate(server.address, how.seconds, *options)

    interleave(part, [
        servers.tined("tined", *servers.ECHO), fork_floor(),
        servers.floor(LIBC, "floor/fork_echo_libc"), close,
        servers.floor(EPOLL, "epoll_echo"),
        *servers.echo_peers()], measure, how.rounds)
    part.against_floor("tined", 0.80, 0.90)
    part.against_peers("tined", 4.0)
    return part


def records(how):
    part = Part("records", "echo, an end record each into a file", "conn/s",
                FORK)
    part.load = LOAD
    interleave(part, [
        servers.tined("tined, records", *servers.ECHO, records=True),
        servers.tined("tined, no records", *servers.ECHO),
        fork_floor()], echo_rate(how.seconds), how.rounds)
    part.against_floor("tined, records", 0.65, 0.80)
    return part


def program_tined(name, program, *options):
    return servers.tined(name, "--", program, options=options)


def exec_cat(how):
    part = Part("exec", f"{CAT}, a connection each", "conn/s", VFORK)
    part.load = LOAD
    interleave(part, [
        program_tined("tined", CAT),
        program_tined("tined, stderr=null", CAT, "stderr=null"),
        servers.floor(VFORK, "floor/vfork_exec", CAT),
        *servers.program_peers(CAT)], echo_rate(how.seconds), how.rounds)
    part.against_floor("tined", 0.97, 1.0)
    part.against_peers("tined", 1.0)
    return part


def exec_static(how):
    program = servers.static_program()
    part = Part("execstatic", "static 4 KiB echo program, a connection each",
                "conn/s", VFORK)
    part.load = LOAD
    interleave(part, [
        program_tined("tined, stderr=null", program, "stderr=null"),
        program_tined("tined, stderr=log", program, "stderr=log"),
        servers.floor(VFORK, "floor/vfork_exec", program),
        *servers.program_peers(program)], echo_rate(how.seconds), how.rounds)
    part.against_floor("tined, stderr=null", 0.90, 0.97)
    part.against_peers("tined, stderr=null", 1.0)
    return part


def some(peers, *names):
    """Those whose names begin so."""
    return [peer for peer in peers if peer.name.startswith(names)]


def bulk(how):
    part = Part("bulk", "bulk echo, one connection", "MB/s", "best buffer")
    size = "64M"
    part.load = f"tine bench -c 1 -q 0 -s {size}: every byte is checked"

    def measure(server):
        result = loads.run(server.address, "-c", 1, "-q", 0, "-s", size, "-d",
                           f"{int(how.seconds * 1000)}ms", "-w", "10s")
        return result["received_bytes_per_s"] / 1e6, loads.errors(result)

    interleave(part, [
        servers.tined("tined", *servers.ECHO),
        servers.floor("1 MiB buffer", "floor/bulk_1m"),
        servers.floor("64 KiB buffer", "floor/bulk_64k"),
        *some(servers.echo_peers(), "socat", "openbsd", "xinetd"),
        *some(servers.program_peers(CAT), "tcpserver", "xinetd")],
        measure, how.rounds)
    buffers = ["1 MiB buffer", "64 KiB buffer"]
    part.floor = max(buffers, key=lambda name: part.median(name) or 0)
    part.against_floor("tined", 0.95)
    part.against_peers("tined", 1.5)
    return part


def requests(how):
    part = Part("requests", "request after request on one connection",
                "requests/s", EPOLL)
    part.load = "tine bench -c 1 -q 0 -s 64"

    def measure(server):
        result = loads.run(server.address, "-c", 1, "-q", 0, "-d",
                           f"{int(how.seconds * 1000)}ms")
        return result["requests_per_s"], loads.errors(result)

    interleave(part, [
        servers.tined("tined", *servers.ECHO),
        servers.floor(EPOLL, "epoll_echo"), fork_floor(),
        *some(servers.echo_peers(), "socat", "openbsd"),
        *some(servers.program_peers(CAT), "tcpserver")],
        measure, how.rounds)
    part.against_floor("tined", 0.95, 1.0)
    return part


def refuse(how):
    part = Part("refuse", "refusing", "conn/s", "accept and close")
    part.load = "tine bench -c 32 -s 0 -E: to the end of file"
    full = servers.tined("tined, per_source full", *servers.ECHO, options=(
        "per_source=1", "source_prefix_v4=8"))
    held = []

    def measure(server):
        if server is full and not held:
            held.append(loads.hold_one(server.address))
        if not server.name.startswith("haproxy"):
            return loads.rate(server.address, how.seconds, "-s", 0, "-E")
        # It resets those that it refuses.
        result = loads.run(server.address, "-s", 0, "-E", "-d",
                           f"{int(how.seconds * 1000)}ms")
        refused = result["requests"] + result["errors_reset"]
        return refused / result["duration_s"], ""

    interleave(part, [
        servers.tined("tined, no_access", *servers.ECHO, options=(
            "no_access=127.0.0.0/8",)), full,
        servers.floor("accept and close", "floor/accept_close"),
        *servers.refusing_peers()], measure, how.rounds)
    for connection in held:
        connection.close()
    part.against_floor("tined, no_access", 0.8)
    part.against_floor("tined, per_source full", 0.8)
    return part


def sandbox(how):
    part = Part("sandbox", "a static program, sandboxed", "conn/s",
                "tined, sandbox=off")
    part.load = LOAD
    program = servers.static_program()
    levels = ["off", "basic", "strict"]
    interleave(part, [
        program_tined(f"tined, sandbox={level}", program, "stderr=null",
                      f"sandbox={level}") for level in levels],
        echo_rate(how.seconds), how.rounds)
    part.notes.append("built-in services have no sandbox=off: what theirs "
                      "costs shows in `rate`, against the static-pie floor")
    part.against_floor("tined, sandbox=basic", 0.95, 0.98)
    part.against_floor("tined, sandbox=strict", 0.95, 0.98)
    return part


def loaded(how):
    n = how.idle
    part = Part("loaded", f"echo while {n:,} idle connections are held",
                "conn/s", "tined, none idle")
    part.load = f"{LOAD}; -H {n}"
    server = servers.tined("tined", *servers.ECHO, options=OPEN)
    none = part.row("tined, none idle", "other", server.setup())
    held = part.row(f"tined, {n:,} idle", "tined")
    with server:
        for _ in range(max(2, how.rounds - 2)):
            none.add(*loads.rate(server.address, how.seconds))
            result = loads.run(server.address, "-c", 32, "-H", n, "-d",
                               f"{int(how.seconds * 1000)}ms", "-b",
                               "127.1.0.0/16")
            lost = result["idle_failed"] + result["idle_lost"]
            held.add(result["requests_per_s"], loads.errors(result) or
                     (f"{lost} idle connections lost" if lost else ""))
            loads.settle(server.parent())
    part.against_floor(held.name, 0.9, 0.97)
    return part


def burst(how):
    n = 4096
    part = Part("burst", f"{n:,} connects at once", "ms", more=False)
    part.load = f"tine bench -c {n} -N {n} -b 127.1.0.0/16: the time for all"
    wrong = []

    def measure(server):
        result = loads.run(server.address, "-c", n, "-N", n, "-b",
                           "127.1.0.0/16", "-w", "10s")
        if server.kind == "tined":
            wrong.append(result["errors"] + n - result["requests"])
        return result["duration_s"] * 1000, loads.errors(result)

    interleave(part, [servers.tined("tined", *servers.ECHO), fork_floor(),
                      *some(servers.echo_peers(), "socat", "openbsd")],
               measure, how.rounds)
    part.target("tined: refused or timed out, in all rounds",
                sum(wrong) if wrong else None, most=0)
    return part
