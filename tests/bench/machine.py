# SPDX-License-Identifier: ISC
"""What the benchmark reads from the kernel and asks of it."""

import os
import platform
import resource
import time


def read(path):
    with open(path, encoding="ascii", errors="replace") as file:
        return file.read()


def is_root():
    return os.geteuid() == 0


def describe():
    """The machine, as far as it matters for what was measured."""
    model = "?"
    for line in read("/proc/cpuinfo").splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    return {
        "when": time.strftime("%Y-%m-%d %H:%M %Z"),
        "kernel": platform.release(),
        "processors": len(os.sched_getaffinity(0)),
        "model": model,
        "memory_mib": meminfo()["MemTotal"] // 1024,
        "load": read("/proc/loadavg").split()[0],
    }


# ----------------------------------------------------------------- memory


def meminfo():
    """/proc/meminfo, in KiB."""
    values = {}
    for line in read("/proc/meminfo").splitlines():
        name, value = line.split(":")
        values[name] = int(value.split()[0])
    return values


def used_kib():
    """All that is in use and no page cache: slabs and page tables count."""
    m = meminfo()
    return m["MemTotal"] - m["MemFree"] - m["Buffers"] - m["Cached"]


def settled_used_kib():
    """The median of some readings: others use this machine, too."""
    readings = []
    for _ in range(9):
        readings.append(used_kib())
        time.sleep(0.05)
    return sorted(readings)[4]


class OwnAccount:
    """A memory cgroup below our own, in which this process and what it starts
    live as long as the context lasts: its charges are nobody else's.  Without
    one kib() is None."""

    def __init__(self):
        self.path = self.before = self.usage = None

    def __enter__(self):
        for line in read("/proc/self/cgroup").splitlines():
            _, controllers, path = line.split(":", 2)
            if controllers == "memory":
                root, usage = "/sys/fs/cgroup/memory", "memory.usage_in_bytes"
            elif controllers == "":
                root, usage = "/sys/fs/cgroup", "memory.current"
            else:
                continue
            if self.enter(root + path.rstrip("/"), usage):
                break
        return self

    def enter(self, before, usage):
        path = f"{before}/tined-bench.{os.getpid()}"
        try:
            os.mkdir(path)
        except OSError:
            return False
        try:
            read(f"{path}/{usage}")
            self.move(path)
        except OSError:
            os.rmdir(path)
            return False
        self.path, self.before, self.usage = path, before, usage
        return True

    @staticmethod
    def move(path):
        with open(f"{path}/cgroup.procs", "w", encoding="ascii") as file:
            file.write(str(os.getpid()))

    def kib(self):
        if self.path is None:
            return None
        return int(read(f"{self.path}/{self.usage}")) / 1024

    def __exit__(self, *_):
        if self.path is None:
            return
        self.move(self.before)
        for _ in range(100):
            try:
                os.rmdir(self.path)
                return
            except OSError:
                time.sleep(0.1)


# -------------------------------------------------------------- processes


def stat(pid):
    """The fields of /proc/PID/stat behind the name; [0] is the state."""
    return read(f"/proc/{pid}/stat").rsplit(")", 1)[1].split()


def faults(pid):
    """Minor page faults: its own, and those of children that were reaped."""
    fields = stat(pid)
    return int(fields[7]), int(fields[8])


def children(pid):
    try:
        text = read(f"/proc/{pid}/task/{pid}/children")
    except OSError:
        return []
    return [int(child) for child in text.split()]


def living_children(pid):
    """Without those that have ended: some servers reap late."""
    living = []
    for child in children(pid):
        try:
            if stat(child)[0] != "Z":
                living.append(child)
        except OSError:
            pass
    return living


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def writable_mappings(pid):
    """The private writable mappings, and the KiB that are dirty in them; None
    where that is hidden from this user."""
    count = dirty = 0
    private = False
    try:
        lines = read(f"/proc/{pid}/smaps").splitlines()
    except PermissionError:
        return None, None
    for line in lines:
        word = line.split()
        if not word[0].endswith(":"):
            private = "w" in word[1] and "p" in word[1]
            count += private
        elif private and word[0] == "Private_Dirty:":
            dirty += int(word[1])
    return count, dirty


def heap_kib(pid):
    """The size of the heap, and of anonymous private memory in all."""
    heap = anonymous = 0
    size = None
    for line in read(f"/proc/{pid}/smaps").splitlines():
        word = line.split()
        if not word[0].endswith(":"):
            size = word[-1] == "[heap]"
        elif word[0] == "Size:" and size:
            heap += int(word[1])
        elif word[0] == "Anonymous:":
            anonymous += int(word[1])
    return heap, anonymous


def page_tables_kib(pid):
    for line in read(f"/proc/{pid}/status").splitlines():
        if line.startswith("VmPTE:"):
            return int(line.split()[1])
    return 0


def tcp_in_use():
    """How many TCP sockets there are in this network name space."""
    for line in read("/proc/net/sockstat").splitlines():
        if line.startswith("TCP:"):
            return int(line.split()[2])
    return 0


# ----------------------------------------------------------------- limits


def raise_open_files(n):
    """As many open files as that, or as there may be."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < n:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (n, n))
            return
        except (OSError, ValueError):
            n = hard
    resource.setrlimit(resource.RLIMIT_NOFILE, (n, hard))


class Sysctl:
    """A setting of the kernel, raised for a while."""

    def __init__(self, name, least):
        self.path = "/proc/sys/" + name.replace(".", "/")
        self.least = least
        self.before = None

    def __enter__(self):
        before = int(read(self.path))
        if before < self.least and is_root():
            try:
                with open(self.path, "w", encoding="ascii") as file:
                    file.write(str(self.least))
                self.before = before
            except OSError:
                pass
        return self

    def __exit__(self, *_):
        if self.before is not None:
            with open(self.path, "w", encoding="ascii") as file:
                file.write(str(self.before))

    def value(self):
        return int(read(self.path))
