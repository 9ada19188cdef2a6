# SPDX-License-Identifier: ISC
"""The load: `tine bench`, and connections that are only held."""

import json
import os
import signal
import socket
import subprocess
import time

import machine

TINE = None  # the path; set by bench.py


class Failed(Exception):
    """A load that did not do what it should."""


def command(address, *options):
    return [TINE, "bench", "--json", *map(str, options), address]


def run(address, *options, timeout=120):
    """What `tine bench` measured, as a dictionary."""
    done = subprocess.run(
        command(address, *options), stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=timeout, check=False)
    try:
        result = json.loads(done.stdout)
    except ValueError:
        raise Failed(f"tine bench {address}: {done.stderr.strip()}") from None
    result["stderr"] = done.stderr.strip()
    return result


def errors(result):
    """The errors of a load in words, or an empty string."""
    return ", ".join(
        f"{value} {key[len('errors_'):]}" for key, value in result.items()
        if key.startswith("errors_") and value)


def rate(address, seconds, *options):
    """Connections a second, 32 at once, on each of which 64 bytes were echoed
    right: that many requests."""
    result = run(address, "-c", 32, "-d", f"{int(seconds * 1000)}ms",
                 *options)
    return result["requests_per_s"], errors(result)


class Idle:
    """Holds n connections on which 64 bytes were echoed, as long as the
    context lasts."""

    def __init__(self, address, n, *options, within=60):
        self.args = command(address, "-c", 0, "-H", n, "-d", "10m", *options)
        self.n = n
        self.within = within
        self.process = None
        self.result = {}
        self.seconds = None

    def __enter__(self):
        before = machine.tcp_in_use()
        began = time.monotonic()
        self.process = subprocess.Popen(
            self.args, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True)
        seen, changed = before, began
        # Both ends of each are sockets of this network name space.
        while seen < before + 2 * self.n:
            time.sleep(0.05)
            now, inuse = time.monotonic(), machine.tcp_in_use()
            if inuse > seen:
                seen, changed = inuse, now
            if now - began > self.within or now - changed > 5:
                break
            if self.process.poll() is not None:
                break
        self.seconds = time.monotonic() - began
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            out, err = self.process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            out, err = self.process.communicate()
        try:
            self.result = json.loads(out)
        except ValueError:
            self.result = {"idle_held": 0, "idle_failed": self.n,
                           "idle_lost": 0}
        self.result["stderr"] = err.strip()

    def held(self):
        """After the end: how many were open and answered until then."""
        return self.result["idle_held"] - self.result["idle_lost"]


def hold_one(address):
    """One connection on which a byte was echoed."""
    host, port = address.rsplit(":", 1)
    s = socket.create_connection((host, int(port)), timeout=10)
    s.sendall(b"x")
    if s.recv(1) != b"x":
        raise Failed(f"{address} does not echo")
    return s


def wait_until(seconds, condition):
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True


def settle(pid, seconds=20):
    """Until a server has no session any more."""
    return wait_until(seconds, lambda: not machine.living_children(pid))


def find_tine(builddir):
    path = os.environ.get("TINE", os.path.join(builddir, "tine"))
    if not os.access(path, os.X_OK):
        raise SystemExit(f"bench: {path} is missing: it is the load")
    return path
