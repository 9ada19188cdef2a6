# SPDX-License-Identifier: ISC
"""The tined of the soak: its configuration, its processes as /proc shows them,
and its log, which another process reads from a pipe."""
import os
import re
import signal
import subprocess
import threading
import time

GROUPS = ("echo", "chargen", "discard", "rude", "limited", "cat", "chatty")
KILLABLE = ("echo", "chargen", "cat", "chatty")

# What reloads change: settings that no client notices.
KNOBS = {
    "echo": ("instances = {}", (300, 310, 320)),
    "chargen": ("idle_timeout = {}s", (300, 301, 302)),
    "discard": ("instances = {}", (300, 310, 320)),
    "rude": ("acceptors = {}", (1, 2, 3)),
    "limited": ("idle_timeout = {}s", (300, 301, 302)),
    "cat": ("environment = {{\"N={}\"}}", (0, 1, 2)),
    "chatty": ("idle_timeout = {}s", (300, 301, 302)),
}

SERVICES = """
log_level = info
drain_timeout = 30s
control_socket = "{tmp}/control"
defaults {{
	per_source = 1000
	listen = {{"127.0.0.1:0", "[::1]:0"}}
}}
service echo {{
	listen = {{"127.0.0.1:0", "[::1]:0", "unix:{tmp}/echo"}}
	builtin = echo
	{echo}
}}
service chargen {{ builtin = chargen {chargen} }}
service discard {{ builtin = discard {discard} }}
service rude {{ builtin = echo {rude} }}
service limited {{
	builtin = echo
	per_source = 3
	cps_per_source = {{10, 10}}
	cps = {{30, 30}}
	when_full = refuse
	refuse_message = "busy"
	{limited}
}}
service cat {{ exec = {{"/bin/cat"}} stderr = null {cat} }}
service chatty {{
	exec = {{"/bin/sh", "-c", "echo chatty >&2; exec cat"}}
	{chatty}
}}
"""

BROKEN = (
    "service echo { listen = nowhere }",
    "service echo {",
    "no_such_directive = 1",
    'include("/nonexistent/tined.conf")',
    'service echo { listen = {"127.0.0.1:0"} builtin = echo instances = 0 }',
    'service cat { listen = {"127.0.0.1:0"} exec = {"cat"} }',
    "\x7f\x00\xff" * 100,
)


# What a line of the log begins with.
TIME = re.compile(r"^\d{4}-\d\d-\d\dT[\d:.]+Z ")


def wait_until(seconds, condition, step=0.02):
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(step)
    return True


class Failed(Exception):
    """The soak cannot go on."""


class Process:
    def __init__(self, pid):
        with open(f"/proc/{pid}/stat", encoding="latin1") as f:
            rest = f.read().rsplit(") ", 1)[1].split()
        self.pid, self.state, self.parent = pid, rest[0], int(rest[1])
        self.session = int(rest[3])
        with open(f"/proc/{pid}/cmdline", encoding="latin1") as f:
            self.title = f.read().rstrip("\0")


def processes(parent):
    """The children of a process; who dies meanwhile is left out."""
    found = []
    try:
        with open(f"/proc/{parent}/task/{parent}/children",
                  encoding="ascii") as f:
            pids = f.read().split()
    except OSError:
        return []
    for pid in pids:
        try:
            found.append(Process(int(pid)))
        except (OSError, IndexError):
            pass
    return found


def memory(pid):
    """KiB: what was allocated (the anonymous memory but for the program's own
    data, which cannot grow beyond its size), all anonymous memory, and the
    proportional share of all there is."""
    now = {"allocated": 0, "anonymous": 0, "pss": 0}
    program = os.readlink(f"/proc/{pid}/exe")
    own, end = False, None
    with open(f"/proc/{pid}/smaps", encoding="utf-8") as f:
        for line in f:
            key, *value = line.split(maxsplit=5)
            if not key.endswith(":"):
                start, stop = key.split("-")
                name = value[4].strip() if len(value) > 4 else ""
                own = name == program or own and name == "" and start == end
                end = stop
            elif key == "Pss:":
                now["pss"] += int(value[0])
            elif key == "Anonymous:":
                now["anonymous"] += int(value[0])
                now["allocated"] += 0 if own else int(value[0])
    return now


def descriptors(pid):
    """What a process has open, without the numbers."""
    kinds = []
    for fd in os.listdir(f"/proc/{pid}/fd"):
        try:
            kind = os.readlink(f"/proc/{pid}/fd/{fd}")
        except OSError:
            continue
        kind = re.sub(r"/\d+/", "/PID/", kind)
        kinds.append(re.sub(r":\[\d+\]", "", kind))
    return sorted(kinds)


class Daemon:
    def __init__(self, builddir, tmp, take_line):
        self.tmp, self.take_line = tmp, take_line
        self.conf, self.log = f"{tmp}/conf", f"{tmp}/log"
        self.knobs = {name: 0 for name in KNOBS}
        self.over = threading.Event()
        env = dict(os.environ)
        env.setdefault("TINED_ACCEPTOR", f"{builddir}/tined-acceptor")
        tined = env.get("TINED", f"{builddir}/tined")
        self.configure(self.knobs)
        ready_out, ready_in = os.pipe()
        log_out, log_in = os.pipe()
        with open(self.log, "wb") as f:
            # The log's reader, which can be stopped.
            self.reader = subprocess.Popen(["cat"], stdin=log_out, stdout=f)
        self.main = subprocess.Popen(
            [tined, "-f", "-c", self.conf, "-r", str(ready_in)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=log_in, pass_fds=(ready_in,), env=env)
        for fd in (ready_in, log_in, log_out):
            os.close(fd)
        with os.fdopen(ready_out) as f:
            ready = f.read().split("\n")
        self.tail = threading.Thread(target=self.follow, daemon=True)
        self.tail.start()
        self.addresses = {name: [] for name in GROUPS}
        for line in filter(None, ready):
            name, address = line.split(" ", 1)
            self.addresses[name].append(address)
        if not ready[0]:
            self.end()
            with open(self.log, encoding="latin1") as f:
                raise Failed("tined does not start: " + f.read())

    def configure(self, knobs):
        text = SERVICES.format(tmp=self.tmp, **{
            name: KNOBS[name][0].format(KNOBS[name][1][n])
            for name, n in knobs.items()})
        self.write(text)

    def write(self, text):
        with open(self.conf + ".new", "w", encoding="latin1") as f:
            f.write(text)
        os.chmod(self.conf + ".new", 0o644)
        os.rename(self.conf + ".new", self.conf)

    def follow(self):
        """Hands on whole lines of the log until it is over."""
        rest = ""
        with open(self.log, encoding="latin1") as f:
            while True:
                last = self.over.is_set()
                if text := f.read(1 << 20):
                    *lines, rest = (rest + text).split("\n")
                    for line in lines:
                        self.take_line(re.sub(TIME, "", line))
                elif last:
                    break
                else:
                    time.sleep(0.05)
        if rest:
            self.take_line(rest)

    def signal(self, number):
        self.main.send_signal(number)

    def logger(self):
        for p in processes(self.main.pid):
            if p.title == "tined: logger" and p.state != "Z":
                return p.pid
        return None

    def acceptors(self, service, draining=True):
        """Those that serve: they lead sessions of their own."""
        start = f"tined-acceptor: {service} "
        return [p.pid for p in processes(self.main.pid)
                if p.pid == p.session and p.state != "Z" and
                p.title.startswith(start) and
                (draining or not p.title.endswith(" draining"))]

    def snapshot(self):
        """Memory and descriptors of every process of tined's own."""
        hidden = {"allocated": 0, "anonymous": 0, "pss": 0, "fds": []}
        who = {"main": [self.main.pid], "logger": [self.logger()]}
        for name in GROUPS:
            who[name] = self.acceptors(name)
        found = {}
        for name, pids in who.items():
            found[name] = {"processes": len(pids)}
            if pids and pids[0]:
                try:
                    found[name].update(memory(pids[0]),
                                       fds=descriptors(pids[0]))
                except PermissionError:
                    found[name].update(hidden)  # but for root
        return found

    def end(self):
        """Stops it; its exit status."""
        self.signal(signal.SIGTERM)
        try:
            status = self.main.wait(60)
        except subprocess.TimeoutExpired:
            status = None
        if status is None:
            self.kill()
        self.reader.wait()
        self.over.set()
        self.tail.join()
        return status

    def kill(self):
        """Whatever is left, by its own id."""
        left = [p.pid for child in processes(self.main.pid)
                for p in [child] + processes(child.pid)]
        for pid in left + [self.main.pid]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.main.wait()
        self.reader.send_signal(signal.SIGCONT)
