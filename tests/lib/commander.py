#!/usr/bin/env python3
"""Wrong uses of a control socket.

    commander.py SOCKET wrong          each malformed request: its exit status
    commander.py SOCKET storm N RATE   N connections, RATE a second, of all kinds
    commander.py SOCKET silent N       N connections that say nothing, and how
                                       long each was borne, in ms
    commander.py SOCKET deaf           asks for a reload and takes no answer;
                                       how long that was borne, in ms
    commander.py SOCKET chatty         goes on talking after its request

As the user whose number is in COMMANDER, if that is set.
"""
import os
import random
import select
import socket
import struct
import sys
import time

PATH = sys.argv[1]
RELOAD = 2
UNKNOWN = 200  # no verb, and none soon


def request(version=1, verb=RELOAD, ident=0, ms=0, network=b"", family=0,
            bits=0, reserved=b"", service=b""):
    return struct.pack("=IIQq16sBB22s64s", version, verb, ident, ms, network,
                       family, bits, reserved, service)


def dial():
    s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    s.settimeout(20)
    s.connect(PATH)
    return s


def answer(s):
    """(exit status, text), or (None, what went wrong)."""
    text = b""
    while True:
        try:
            packet = s.recv(8192)
        except ConnectionResetError:
            continue
        except OSError as e:
            return None, str(e)
        if len(packet) < 8:
            return None, "closed"
        if len(packet) > 4096:
            return None, "a packet of %d bytes" % len(packet)
        kind, code = struct.unpack("=Ii", packet[:8])
        text += packet[8:]
        if kind == 2:
            return code, text.decode()


def ask(packet):
    with dial() as s:
        try:
            s.send(packet)
        except BrokenPipeError:
            pass
        return answer(s)


WRONG = [
    ("too short", request()[:127]),
    ("one byte", b"\1"),
    ("too long", request() + b"\0"),
    ("very long", b"\1" * 60000),
    ("no verb", request(verb=0)),
    ("unknown verb", request(verb=UNKNOWN)),
    ("unknown verb", request(verb=0xffffffff)),
    ("upgrade", request(verb=1)),
    ("version 0", request(version=0)),
    ("version 2", request(version=2)),
    ("negative time", request(ms=-1)),
    ("a name without an end", request(service=b"a" * 64)),
    ("a name with a newline", request(service=b"a\nb")),
    ("a network that is none", request(network=b"\1" * 16, family=4)),
    ("reserved bytes", request(reserved=b"\1" * 22)),
    ("noise", random.Random(1).randbytes(128)),
]


def wrong():
    for what, packet in WRONG:
        code, text = ask(packet)
        print(code, f"{what}: {text}")
    # An empty packet is the same as an end of file.
    with dial() as s:
        s.send(b"")
        print(*answer(s))
    # Unexpected descriptors.
    with dial() as s:
        socket.send_fds(s, [request(verb=UNKNOWN)], [0] * 100)
        print(*answer(s))


def one_of_a_storm(rng):
    s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    s.setblocking(False)
    try:
        s.connect(PATH)
    except BlockingIOError:
        s.close()
        return None
    try:
        how = rng.randrange(5)
        if how == 1:
            s.send(rng.choice(WRONG)[1])
        elif how == 2:
            s.shutdown(socket.SHUT_WR)
        elif how == 3:
            s.shutdown(socket.SHUT_RD)
            s.send(request(verb=UNKNOWN))
        elif how == 4:
            s.send(request(verb=UNKNOWN))
            s.send(request(verb=UNKNOWN + 1))
    except OSError:
        pass
    return s


def storm(n, rate):
    rng = random.Random(7)
    began = time.monotonic()
    open_ones, busy = [], 0
    for i in range(n):
        s = one_of_a_storm(rng)
        busy += s is None
        if s is not None and rng.randrange(10) == 0:
            open_ones.append(s)
        elif s is not None:
            s.close()
        while len(open_ones) > 200:
            open_ones.pop(0).close()
        time.sleep(max(0, began + (i + 1) / rate - time.monotonic()))
    seconds = time.monotonic() - began
    print(f"connections={n - busy} busy={busy} ms={int(seconds * 1000)}")


def silent(n):
    began = time.monotonic()
    waiting = [dial() for _ in range(n)]
    while waiting:
        for s in select.select(waiting, [], [], 10)[0]:
            print(int((time.monotonic() - began) * 1000), *answer(s))
            waiting.remove(s)
            s.close()


def deaf():
    with dial() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        s.send(request())
        began = time.monotonic()
        poll = select.poll()
        poll.register(s, select.POLLRDHUP)
        poll.poll(20000)
        print(int((time.monotonic() - began) * 1000))


def chatty():
    with dial() as s:
        s.send(request())
        try:
            for _ in range(1000):
                s.send(request())
        except OSError:
            pass
        print(*answer(s))


if "COMMANDER" in os.environ:  # a uid and gid
    ID = int(os.environ["COMMANDER"])
    os.setgroups([])
    os.setresgid(ID, ID, ID)
    os.setresuid(ID, ID, ID)
what = sys.argv[2]
globals()[what](*map(int, sys.argv[3:]))
sys.stdout.flush()
os._exit(0)
