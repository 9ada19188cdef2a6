# SPDX-License-Identifier: ISC
"""The fixture of the scenes: a tined, one process of it under strace, its
clients, and what must be so after each scene.
"""
import os
import shutil
from collections import Counter

from daemon import (TINED, Client, Failure, Strace, Tined, await_true, children,
                    count_descriptors, traced)

VICTIMS = 6  # services whose acceptors are killed, once each
LINE = b"hi\n"
HOST = "127.0.0.1:0"


class Cell:
    """One call, errno, process, scene, place and outcome."""

    def __init__(self, call, errno, process, scene, when, place, outcome):
        self.call, self.errno, self.process = call, errno, process
        self.scene, self.when, self.place = scene, when, place
        self.outcome = outcome

    def inject(self, offset=0):
        if self.errno is None:
            return None
        return f"error={self.errno}:when={self.when + offset}"

    def __str__(self):
        return (f"{self.call} {self.errno}: {self.process}, {self.scene}, "
                f"call {self.when}")


class Fixture:
    """One tined for as many cells as it is sound."""

    def __init__(self, tmp):
        self.tmp = tmp
        self.tined = None
        self.serial = 0
        self.offsets, self.totals = {}, {}
        self.trace = ""
        self.target = 0
        self.ports = []
        self.since = 0  # the length of the log when the cell began
        os.makedirs(f"{tmp}/root", exist_ok=True)
        os.makedirs(f"{tmp}/bin", exist_ok=True)
        shutil.copy(TINED, f"{tmp}/bin/tined")
        shutil.copy(os.environ["UNDER"], f"{tmp}/bin/tined-acceptor")

    # ------------------------------------------------------------ the tined

    def config(self, instances):
        listen = f'listen = {{"{HOST}"}}'
        text = (f'control_socket = "{self.tmp}/control{self.serial}"\n'
                f'service echo {{ listen = {{"{HOST}", "{HOST}"}} '
                'builtin = echo }\n'
                f'service cat {{ {listen} exec = {{"/bin/cat"}} }}\n'
                f'service apart {{ {listen} exec = {{"/bin/cat"}} '
                'sandbox = strict }\n'
                f'service late {{ {listen} exec = {{"/bin/cat"}} '
                'max_time = 50ms }\n'
                f'service loud {{ {listen} exec = {{"/bin/sh", "-c", '
                '"echo loud >&2; exec cat"} }\n'
                f'service whoami {{ {listen} builtin = whoami }}\n'
                f'service full {{ {listen} builtin = echo instances = 1 '
                'when_full = refuse refuse_message = "full\\n" }\n'
                f'service other {{ {listen} builtin = echo '
                f'instances = {instances} }}\n')
        for i in range(VICTIMS):
            text += f'service v{i} {{ {listen} builtin = echo }}\n'
        return text

    def use_tined(self):
        if self.tined is None:
            self.serial += 1
            self.instances, self.victim = 10, 0
            self.tined = Tined(self.tmp, f"tined{self.serial}",
                               self.config(self.instances))
            if not self.tined.is_ready():
                raise Failure("tined does not start: " + self.tined.log())

    def discard(self):
        """Stops it and checks its exit status."""
        if self.tined is None:
            return
        t, self.tined = self.tined, None
        try:
            if (status := t.stop()) != 0:
                raise Failure(f"exit status {status} of tined at the end")
        finally:
            t.kill()
            self.sweep()

    def kill(self):
        if self.tined is not None:
            self.tined.kill()
            self.tined = None

    def sweep(self):
        """Nothing that it started may be left: we are its subreaper."""
        def nothing_left():
            left = children(os.getpid())
            if self.tined is not None:
                left.pop(self.tined.pid, None)
            for pid, state in left.items():
                if state == "Z":
                    os.waitpid(pid, 0)
            return not left
        await_true("nothing is left of tined", nothing_left)

    # --------------------------------------------------------------- a cell

    def look(self):
        found = self.tined.processes()
        return {name: (pid, count_descriptors(pid))
                for name, pid in found.items()}

    def strace(self, pid, cell, follow=False):
        self.target = pid
        return Strace(self.trace, pid, cell.call, cell.inject(), follow)

    def hits(self, cell):
        """Injections into the process that was meant."""
        return [pid for pid, line in traced(self.trace, self.target)
                if "(INJECTED)" in line and self.is_meant(pid, cell)]

    def is_meant(self, pid, cell):
        if cell.process == "session" and cell.scene != "talk":
            return pid != self.target
        if (cell.process, cell.scene) in (("logger", "relog"),
                                          ("acceptor", "reborn")):
            return pid != self.target
        return pid == self.target

    def await_hit(self, cell):
        """A client may be served before main has finished."""
        try:
            await_true("a hit", lambda: cell.errno is None or self.hits(cell),
                       5)
        except Failure:
            pass  # check_hit says it

    def check_hit(self, cell):
        if cell.errno is not None and not self.hits(cell):
            raise Failure("the call was not made: nothing was injected")

    def check_sound(self, before, cell):
        """The same processes, no zombie, no descriptor more, and it serves."""
        self.settle()
        changed = {"reload": {"other"}, "relog": {"logger"},
                   "restart": {f"v{self.victim - 1}"},
                   "reborn": {f"v{self.victim - 1}"}}.get(cell.scene, set())
        await_true("all processes are there", lambda:
                   self.tined.processes().keys() == before.keys())
        for name, pid in self.tined.processes().items():
            if pid != before[name][0] and name not in changed:
                raise Failure(f"{name} was {before[name][0]}, is {pid}")
        fresh = ["echo", "cat"]
        fresh += [name for name in changed if name in self.tined.addresses]
        # From here on: an earlier client, whose end may be lost, may have had
        # the same port.
        since = len(self.tined.log())
        ports = Counter(self.visit(service, "serves") for service in fresh)
        await_true("the ends of fresh clients are logged", lambda: all(
            self.tined.ends(port, since) == n for port, n in ports.items()))
        await_true("no zombie", lambda: not self.tined.zombies())
        spared = len(self.hits(cell)) if cell.call == "close" else 0
        await_true(f"no descriptor more than {before}",
                   lambda: self.no_more_descriptors(before, spared))
        # What was not closed stays open: of a program's standard error main
        # keeps a copy, at some later cell.
        if self.victim == VICTIMS or spared:
            self.discard()

    def no_more_descriptors(self, before, spared):
        return all(count <= before[name][1] + spared
                   for name, (_, count) in self.look().items())

    # -------------------------------------------------------------- clients

    def visit(self, service, outcome, data=LINE):
        """A client, and whether what it met may be."""
        c = Client(self.tined.addresses[service][0])
        got = c.ask(data, whole=outcome != "open")
        if got == data:
            self.ports.append(c.port)
        elif outcome == "refused" and got == b"" and c.error is None:
            pass
        elif outcome == "failed" and got == b"" and c.error is None:
            self.ports.append(c.port)
        elif outcome == "ends":
            self.ports.append(c.port)
        else:
            raise Failure(f"{service}: got {got!r}, {c.error}")
        return c.port

    def unsettled(self):
        """Ports whose ends are not all logged.  The kernel gives a port more
        than once: what was logged before this cell does not count."""
        wanted = Counter(self.ports)
        return [port for port in self.ports
                if self.tined.ends(port, self.since) < wanted[port]]

    def settle(self):
        """The end of each is logged, or counted as lost and that is said."""
        def settled():
            missing = self.unsettled()
            return len(missing) <= self.tined.lost() - self.lost
        await_true(f"the ends of {self.ports} are logged", settled)

    def visits(self, service, cell, times=3):
        for _ in range(times):
            self.visit(service, cell.outcome)
            self.settle()
