# SPDX-License-Identifier: ISC
"""What the clients of the soak do.  Each conversation is a function that is
given a visit, an established connection, and ends it; it raises Wrong where
the service did not do what it should.

A client says what it has seen: it was `served` (a byte came back that only the
service could send), `refused` (it was told so), `unserved` (closed before any
byte), or, where it cannot know, `rude`."""
import select
import socket
import struct
import threading
import zlib

from crowd import connect

PATIENCE = 120  # an acceptor's restart may take 10 s, and the machine is slow
BUSY = b"busy"
LINES = b"".join(bytes(32 + (line + i) % 95 for i in range(72)) + b"\r\n"
                 for line in range(95))


class Wrong(Exception):
    pass


class Unserved(Exception):
    """The connection was closed before the service had said anything."""


class Visit:
    """One connection, and how many bytes went over it."""

    def __init__(self, address, rng, over):
        source = None
        if address.startswith("127."):
            source = f"127.0.0.{rng.randint(2, 9)}"
        self.s = connect(address, PATIENCE, source)
        self.rng = rng
        self.over = over  # an event: hurry up
        self.replied = None  # is called when the first byte has come
        self.sent = self.got = 0
        name = self.s.getsockname()
        self.peer = "unix"
        if self.s.family == socket.AF_INET:
            self.peer = f"{name[0]}:{name[1]}"
        elif self.s.family == socket.AF_INET6:
            self.peer = f"[{name[0]}]:{name[1]}"

    def pause(self, most):
        self.over.wait(self.rng.uniform(0, most))

    def send(self, data):
        try:
            self.s.sendall(data)
        except (BrokenPipeError, ConnectionResetError) as e:
            if self.got == 0:
                raise Unserved from e
            raise Wrong(f"{e} after {self.got} bytes") from e
        self.sent += len(data)

    def receive(self, most):
        try:
            data = self.s.recv(most)
        except ConnectionResetError as e:
            if self.got == 0:
                raise Unserved from e
            raise Wrong(f"{e} after {self.got} bytes") from e
        if self.got == 0 and self.replied is not None:
            self.replied()
        self.got += len(data)
        if data == b"" and self.got == 0 and self.sent > 0:
            raise Unserved
        return data

    def expect(self, data, most=65536):
        """Reads exactly that."""
        off = 0
        while off < len(data):
            piece = self.receive(min(most, len(data) - off))
            if piece != data[off:off + len(piece)]:
                raise Wrong(f"other bytes at {off} of {len(data)}")
            if piece == b"":
                raise Wrong(f"end of file at {off} of {len(data)}")
            off += len(piece)

    def half_close(self):
        try:
            self.s.shutdown(socket.SHUT_WR)
        except OSError as e:  # it was reset
            raise (Wrong(f"shutdown: {e}") if self.got else Unserved) from e

    def finish(self):
        """Half-closes; nothing but the end of file may follow."""
        self.half_close()
        if self.receive(1) != b"":
            raise Wrong("more bytes than were sent")

    def reset(self):
        self.s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                          struct.pack("ii", 1, 0))
        self.s.close()


def echo(v):
    """Requests and replies, byte for byte."""
    for _ in range(v.rng.randint(1, 8)):
        data = v.rng.randbytes(v.rng.choice((1, 64, 64, 1000, 8000)))
        v.send(data)
        v.expect(data)
        if v.over.is_set():
            break
    v.finish()
    return "served", True


def bulk(v):
    """Megabytes in both directions at once, compared by their checksums."""
    block = v.rng.randbytes(65536)
    left = v.rng.randint(8, 64)
    sums = [0, 0]
    v.s.setblocking(False)
    pending = memoryview(b"")
    while True:
        if not pending and left > 0:
            left -= 1
            pending = memoryview(block)
        want = [v.s] if pending else []
        r, w, _ = select.select([v.s], want, [], PATIENCE)
        if not r and not w:
            raise Wrong(f"nothing for {PATIENCE} s")
        if w:
            try:
                n = v.s.send(pending)
            except ConnectionError as e:
                raise (Wrong(f"bulk: {e}") if v.got else Unserved) from e
            sums[0] = zlib.crc32(pending[:n], sums[0])
            v.sent += n
            pending = pending[n:]
            if not pending and left == 0:
                v.half_close()
        if r:
            data = v.receive(262144)
            sums[1] = zlib.crc32(data, sums[1])
            if data == b"":
                break
    if v.got != v.sent or sums[0] != sums[1]:
        raise Wrong(f"bulk: {v.got} of {v.sent} bytes, checksums {sums}")
    return "served", True


def half_open(v):
    """Sends, half-closes, and reads only later."""
    data = v.rng.randbytes(v.rng.randint(1, 30000))
    v.send(data)
    v.half_close()
    v.pause(1)
    v.expect(data)
    if v.receive(1) != b"":
        raise Wrong("more bytes than were sent")
    return "served", True


def slow_writer(v):
    """A byte at a time."""
    for byte in v.rng.randbytes(v.rng.randint(5, 40)):
        v.send(bytes((byte,)))
        v.expect(bytes((byte,)))
        v.pause(0.2)
    v.finish()
    return "served", True


def slow_reader(v):
    """More than the buffers hold, taken in small pieces."""
    v.s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    data = v.rng.randbytes(v.rng.randint(20000, 200000))
    sender = threading.Thread(target=send_all, args=(v, data))
    sender.start()
    try:
        off = 0
        while off < len(data):
            piece = v.receive(v.rng.randint(100, 8000))
            if piece == b"" or piece != data[off:off + len(piece)]:
                raise Wrong(f"slow reader: wrong at {off} of {len(data)}")
            off += len(piece)
            v.pause(0.05)
    finally:
        sender.join()
    v.finish()
    return "served", True


def send_all(v, data):
    try:
        v.send(data)
    except (Wrong, Unserved, OSError):
        pass  # who reads will see it


def resetting(v):
    """Is served, and then resets the connection."""
    data = v.rng.randbytes(v.rng.randint(1, 5000))
    v.send(data)
    v.expect(data)
    if v.rng.random() < 0.5:
        v.send(data)  # what comes back is not read
    v.reset()
    return "served", False


def vanishing(v):
    """Connects and goes: as a health check, or with a reset."""
    how = v.rng.randint(0, 3)
    if how == 1:
        v.s.sendall(b"x" * v.rng.randint(1, 5000))
    if how >= 2:
        v.reset()
    return "rude", False


def discarded(v):
    data = v.rng.randbytes(v.rng.randint(1, 100000))
    v.send(data)
    v.half_close()
    if v.s.recv(1) != b"":
        raise Wrong("discard has replied")
    return "rude", True


def generated(v):
    """The lines of chargen, as far as one likes."""
    left = v.rng.randint(1, 100000)
    off = 0
    while left > 0:
        piece = v.receive(min(left, 65536))
        if piece == b"":
            raise Wrong("chargen has ended") if v.got else Unserved
        at = off % len(LINES)
        text = LINES[at:] + LINES * (len(piece) // len(LINES) + 1)
        if not text.startswith(piece):
            raise Wrong(f"chargen: not its lines at {off}")
        off += len(piece)
        left -= len(piece)
    return "served", False


def limited(v):
    """Served, or told that it is busy."""
    line = b"hello %d\n" % v.rng.randint(0, 1 << 30)
    v.send(line)
    reply = v.receive(100)
    if reply == BUSY:
        if v.receive(1) != b"":
            raise Wrong("more than the message of a refusal")
        return "refused", True
    if reply != line:
        raise Wrong(f"limited: {reply!r}")
    v.pause(0.5)
    v.finish()
    return "served", True


# Conversations by service, with how many of a hundred each is.
CONVERSATIONS = {
    "echo": ((echo, 55), (bulk, 5), (half_open, 15), (slow_writer, 5),
             (slow_reader, 5), (resetting, 15)),
    "cat": ((echo, 60), (bulk, 5), (half_open, 15), (slow_writer, 5),
            (resetting, 15)),
    "chatty": ((echo, 70), (half_open, 20), (slow_writer, 10)),
    "chargen": ((generated, 100),),
    "discard": ((discarded, 100),),
    "limited": ((limited, 100),),
    "rude": ((vanishing, 100),),
}
SERVICES = {"echo": 45, "cat": 9, "chatty": 5, "chargen": 8, "discard": 8,
            "limited": 9, "rude": 16}


def pick(rng, weighted):
    names, weights = zip(*weighted)
    return rng.choices(names, weights)[0]


def converse(v, what):
    """(what the client saw, whether all that was sent was also received)"""
    try:
        return what(v)
    except Unserved:
        return "unserved", False
    except OSError as e:
        raise Wrong(f"{what.__name__}: {e}") from e
    finally:
        v.s.close()
