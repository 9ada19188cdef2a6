#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Many connections at once, for the behaviour tests.

crowd.py load ADDRESS...          connects, sends, half-closes, compares, and
                                   again, from JOBS threads until SIGTERM; then
                                   prints done=N failed=N and the first errors.
crowd.py hold COUNT ADDRESS       opens COUNT connections, sends a line on
                                   each and prints served=N closed=N waiting=N
                                   text=REPLY; holds them until SIGTERM.

Addresses are tined's.  Environment: JOBS (4), SOURCE (the local address),
WAIT (seconds that hold waits for answers, 2).
"""
import os
import select
import signal
import socket
import sys
import threading
import time

# ip(7): the port is chosen by connect, which knows the other end.
BIND_NO_PORT = getattr(socket, "IP_BIND_ADDRESS_NO_PORT", 24)


def connect(address, timeout=10, source=None):
    if address.startswith("unix:@"):
        where, family = "\0" + address[6:], socket.AF_UNIX
    elif address.startswith("unix:"):
        where, family = address[5:], socket.AF_UNIX
    else:
        host, port = address.rsplit(":", 1)
        where = (host.strip("[]"), int(port))
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
    s = socket.socket(family, socket.SOCK_STREAM)
    s.settimeout(timeout)
    source = source or os.environ.get("SOURCE")
    try:
        if family != socket.AF_UNIX and source:
            s.setsockopt(socket.IPPROTO_IP, BIND_NO_PORT, 1)
            s.bind((source, 0))
        s.connect(where)
    except OSError:
        s.close()
        raise
    return s


class Load:
    def __init__(self, addresses):
        self.addresses = addresses
        self.over = threading.Event()
        self.lock = threading.Lock()
        self.done = 0
        self.errors = []

    def once(self, address, data):
        s = connect(address)
        try:
            s.sendall(data)
            s.shutdown(socket.SHUT_WR)
            got = b""
            while piece := s.recv(65536):
                got += piece
            if got != data:
                raise ValueError(f"{len(got)} of {len(data)} bytes")
        finally:
            s.close()

    def run(self, job):
        n = 0
        while not self.over.is_set():
            address = self.addresses[(job + n) % len(self.addresses)]
            n += 1
            error = None
            try:
                self.once(address, b"%d.%d\n" % (job, n) * 8)
            except (OSError, ValueError) as e:
                error = f"{address}: {e}"
            with self.lock:
                self.done += 1
                if error is not None:
                    self.errors.append(error)


def load(addresses):
    work = Load(addresses)
    signal.signal(signal.SIGTERM, lambda *_: work.over.set())
    jobs = [threading.Thread(target=work.run, args=(i,))
            for i in range(int(os.environ.get("JOBS", "4")))]
    for job in jobs:
        job.start()
    print("started", flush=True)
    for job in jobs:
        job.join()
    print(f"done={work.done} failed={len(work.errors)}")
    for error in work.errors[:10]:
        print(error)


def hold(count, address):
    over = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: over.set())
    waiting = {}
    closed, served, text = 0, [], b""
    for _ in range(count):
        try:
            s = connect(address)
            s.sendall(b"hello\n")
        except OSError:
            closed += 1
            continue
        waiting[s.fileno()] = s
    poll = select.poll()
    for fd in waiting:
        poll.register(fd, select.POLLIN)
    until = time.monotonic() + float(os.environ.get("WAIT", "2"))
    while waiting and (left := until - time.monotonic()) > 0:
        for fd, _ in poll.poll(left * 1000):
            s = waiting.pop(fd)
            poll.unregister(fd)
            try:
                reply = s.recv(65536)
            except OSError as e:
                reply = b"" if not text else text
                text = str(e).encode()
            if reply == b"hello\n":
                served.append(s)
                continue
            closed += 1
            text = text or reply
    print(f"served={len(served)} closed={closed} waiting={len(waiting)} "
          f"text={text.decode().strip()}", flush=True)
    while not over.wait(1):
        pass


if __name__ == "__main__":
    if sys.argv[1] == "load":
        load(sys.argv[2:])
    else:
        hold(int(sys.argv[2]), sys.argv[3])
