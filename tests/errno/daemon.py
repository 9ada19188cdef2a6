# SPDX-License-Identifier: ISC
"""A tined under test, its clients, and the strace that is attached to it.

Nothing here sleeps to be safe: await_true() looks until it is so, or fails.
"""
import os
import re
import signal
import socket
import subprocess
import time

BUILD = os.environ.get("abs_top_builddir", os.getcwd())
TINED = os.environ.get("TINED", BUILD + "/tined")
ACCEPTOR = os.environ.get("TINED_ACCEPTOR", BUILD + "/tined-acceptor")
PATIENCE = 30  # seconds: what takes longer hangs
RIGHTS = ("Uid", "Gid", "Groups", "CapInh", "CapPrm", "CapEff", "CapBnd",
          "CapAmb", "NoNewPrivs", "Seccomp")


class Failure(Exception):
    """What was expected and did not happen."""


def await_true(what, test, seconds=PATIENCE):
    until = time.monotonic() + seconds
    pause = 0.002
    while True:
        if (result := test()):
            return result
        if time.monotonic() > until:
            raise Failure(f"{what}: not within {seconds} s")
        time.sleep(pause)
        pause = min(pause * 1.5, 0.1)


def read_text(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as f:
            return f.read()
    except OSError:
        return ""


def families():
    """{parent: {pid: state}} of everything that runs, without tracers."""
    found = {}
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        stat = read_text(f"/proc/{name}/stat")
        state, parent = (stat.rpartition(") ")[2].split() + ["", ""])[:2]
        if parent and "(strace)" not in stat:
            found.setdefault(int(parent), {})[int(name)] = state
    return found


def children(pid):
    """{pid: state} of its children."""
    return families().get(pid, {})


def title(pid):
    return read_text(f"/proc/{pid}/cmdline").replace("\0", " ")


def count_descriptors(pid):
    try:
        return len(os.listdir(f"/proc/{pid}/fd"))
    except OSError:
        return -1


def rights(pid):
    """What a process may do, as far as /proc says it."""
    lines = read_text(f"/proc/{pid}/status").splitlines()
    found = dict(line.split(":", 1) for line in lines if ":" in line)
    said = {key: found.get(key, "").strip() for key in RIGHTS}
    said["root"] = os.stat(f"/proc/{pid}/root").st_ino
    return said


class Strace:
    """Makes system calls of processes that run fail, while it is attached."""

    def __init__(self, trace, pid, call, inject=None, follow=False):
        self.trace, self.pid = trace, pid
        args = arguments(trace, call, inject, follow) + ["-p", str(pid)]
        with open(trace + ".err", "w", encoding="utf-8") as err:
            self.process = subprocess.Popen(
                args, stdin=subprocess.DEVNULL, stdout=err, stderr=err)
        try:
            await_true("strace attaches", self.is_attached)
        except Failure:
            self.process.kill()
            self.process.wait()
            raise

    def is_attached(self):
        said = read_text(self.trace + ".err")
        if "attached" in said:
            return True
        if self.process.poll() is not None:
            raise Failure(f"strace: {said.strip()}")
        return False

    def detach(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise Failure("strace does not detach") from None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.detach()


def arguments(trace, call, inject=None, follow=False):
    args = ["strace", "-o", trace, "-e", f"trace={call}",
            "-e", "signal=none"]
    if inject is not None:
        args += ["-e", f"inject={call}:{inject}"]
    if follow:
        args.append("-f")
    return args


def traced(trace, pid=0):
    """[(pid, line)] of a trace; lines without a pid are of `pid`."""
    found = []
    for line in read_text(trace).splitlines():
        number, rest = re.match(r"(\d+ +)?(.*)", line).groups()
        found.append((int(number or pid), rest))
    return found


class Client:
    """One connection.  `data` is sent, and the peer's end of file awaited
    unless `whole` is false; the reply is in `got`, why it ended in `error`."""

    def __init__(self, where, room=0):
        if isinstance(where, str):
            self.socket = socket.socket(socket.AF_UNIX)
        else:
            self.socket = socket.socket()
        self.socket.settimeout(PATIENCE)
        if room:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
        self.got, self.error = bytearray(), None
        self.socket.connect(where)
        name = self.socket.getsockname()
        self.port = name[1] if isinstance(name, tuple) else 0

    def read(self, size):
        """Until so many bytes are there, or the end; whether they are."""
        while len(self.got) < size:
            try:
                piece = self.socket.recv(65536)
            except TimeoutError:
                raise Failure("a client waits for ever") from None
            except OSError as e:
                self.error = e
                return False
            if piece == b"":
                return False
            self.got += piece
        return True

    def ask(self, data, whole=True):
        try:
            self.socket.sendall(data)
            self.socket.shutdown(socket.SHUT_WR)
        except OSError as e:
            self.error = e
        self.read(len(data) + (1 if whole else 0))
        self.close()
        return self.got

    def close(self):
        self.socket.close()


class Tined:
    """A tined; its log, addresses and processes."""

    def __init__(self, tmp, name, config, tined=TINED, strace=None):
        self.config_file = f"{tmp}/{name}.conf"
        self.log_file = f"{tmp}/{name}.log"
        self.write_config(config)
        ready, ours = os.pipe()
        command = [tined, "-f", "-r", str(ours), "-c", self.config_file]
        if strace is not None:
            command = strace + ["-D", "-qq"] + command
        with open(self.log_file, "w", encoding="utf-8") as log:
            # A group, so that there is something to give up.
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                pass_fds=[ours], extra_groups=[os.getegid() + 1])
        os.close(ours)
        self.pid = self.process.pid
        self.addresses = {}
        self.has_said_ready = False
        self.read_ready(ready, tined != TINED)

    def write_config(self, config):
        with open(self.config_file, "w", encoding="utf-8") as f:
            f.write(config)

    def read_ready(self, fd, held):
        """Until main has closed it, or is dead; strace may hold it open."""
        text, until = b"", time.monotonic() + PATIENCE
        os.set_blocking(fd, False)
        while time.monotonic() < until:
            try:
                piece = os.read(fd, 65536)
                if piece == b"":
                    break
                text += piece
            except BlockingIOError:
                if self.process.poll() is not None or (
                        held and self.is_ready()):
                    break
                time.sleep(0.002)
        os.close(fd)
        self.has_said_ready = text != b""
        for line in text.decode().splitlines():
            service, address = line.split(" ", 1)
            host, _, port = address.rpartition(":")
            if host not in ("unix", ""):
                self.addresses.setdefault(service, []).append(
                    (host, int(port)))

    def log(self):
        """The log without the times at the beginnings of its lines."""
        return re.sub(r"^\d{4}-\d\d-\d\dT[\d:.]+Z ", "",
                      read_text(self.log_file), flags=re.M)

    def is_ready(self):
        return self.has_said_ready or bool(re.search("^notice ready", self.log(), re.M))

    def count(self, pattern):
        return len(re.findall(pattern, self.log(), re.M))

    def await_log(self, pattern, more_than=0):
        await_true(f"'{pattern}' in the log",
                   lambda: self.count(pattern) > more_than)

    def lost(self):
        return sum(map(int, re.findall(r"^warning lost .*records=(\d+)",
                                       self.log(), re.M)))

    def processes(self):
        """{name: pid} of those that must neither change nor grow; a service's
        acceptor is called after it, and so is one that starts."""
        found = {"main": self.pid}
        for pid, state in children(self.pid).items():
            what = title(pid)
            if state == "Z":
                continue
            if what.startswith("tined: logger"):
                found["logger"] = pid
            elif "tined-acceptor" in what:
                name = re.sub(r".*tined-acceptor:? *(\S*).*", r"\1", what)
                found[name + "+" * (name in found)] = pid
        return found

    def acceptor(self, service):
        found = self.processes()
        if service not in found or service + "+" in found:
            raise Failure(f"acceptors of {service}: {found}")
        return found[service]

    def logger(self):
        return self.processes().get("logger")

    def zombies(self):
        family = families()
        parents = [self.pid, *family.get(self.pid, {})]
        return [(parent, pid) for parent in parents
                for pid, state in family.get(parent, {}).items()
                if state == "Z"]

    def ends(self, port, since):
        """How many ends of that client the log has from there on."""
        return len(re.findall(rf"^info end .*peer=\S*:{port} ",
                              self.log()[since:], re.M))

    def stop(self):
        """Its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(PATIENCE + 20)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Failure("tined does not stop") from None

    def kill(self):
        """It and what it started; only what is still its own."""
        if self.process.poll() is None:
            ours = list(children(self.pid))
            ours += [pid for a in ours for pid in children(a)]
            self.process.kill()
            for pid in ours:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
        self.process.wait()
