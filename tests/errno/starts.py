# SPDX-License-Identifier: ISC
"""Scenes that are a first start: it serves as it should, or it is refused, and
never does it run with more rights than it should have.
"""
import os
import re
import shutil

from daemon import (ACCEPTOR, Client, Failure, Tined, arguments, await_true,
                    read_text, rights, traced)
from fixture import HOST, LINE, Cell, Fixture

STATUSES = (64, 69, 71, 77, 78)  # of a start that is refused: tined(8)
# The first call of a program's own; before it there is the loader.
MARKS = {"main": "PR_SET_CHILD_SUBREAPER", "acceptor": "F_GETFD"}


class Starts(Fixture):
    """A tined of its own for each cell."""

    def start_config(self, cell):
        if cell.scene == "strict":
            kind = 'exec = {"/bin/cat"} sandbox = strict'
        else:
            kind = f'builtin = echo chroot = "{self.tmp}/root"'
        return (f'control_socket = "{self.tmp}/start"\n'
                f'service echo {{ listen = {{"{HOST}", "unix:{self.tmp}/s"}} '
                f'{kind} }}\n')

    def start(self, cell):
        """The first start.  It serves as it should, or it is refused."""
        self.discard()
        if cell.process != "none":
            self.proper(cell.scene)
        offset = 0
        if cell.errno is None:
            pass
        elif cell.when < 0:
            offset = self.total(cell) + 1
        else:
            offset = self.offset(cell.process, cell.call)
        self.serial += 1
        if os.path.exists(self.trace):
            os.remove(self.trace)
        t = self.launch(cell, offset)
        try:
            await_true("ready or refused", lambda: t.is_ready() or
                       t.process.poll() is not None)
            if t.process.poll() is None:
                self.check_serves(t, cell)
            else:
                self.check_refused(t, cell)
        except Failure as e:
            raise Failure(f"{e}\n{t.log()[-600:]}") from None
        finally:
            t.kill()
        self.sweep()

    def launch(self, cell, offset):
        strace = None
        words = [ACCEPTOR]
        if cell.process == "main":
            strace = arguments(self.trace, cell.call, cell.inject(offset))
        elif cell.process == "acceptor":
            words = arguments(self.trace, cell.call, cell.inject(offset))
            words = [shutil.which("strace")] + words[1:] + ["-D", "-qq", ACCEPTOR]
        with open(f"{self.tmp}/bin/arguments", "w", encoding="utf-8") as f:
            f.write("\n".join(words) + "\n")
        t = Tined(self.tmp, f"start{self.serial}", self.start_config(cell),
                  f"{self.tmp}/bin/tined", strace)
        self.target = 0
        return t

    def is_injected(self, cell):
        if cell.errno is None:
            return True
        return "(INJECTED)" in read_text(self.trace)

    def check_serves(self, t, cell):
        if cell.outcome == "refuses" and not re.search(
                "^warning sandbox .*lacks=", t.log(), re.M):
            raise Failure("it serves")
        acceptor = t.acceptor("echo")
        c = Client(f"{self.tmp}/s")
        if c.ask(LINE, whole=cell.call != "close") != LINE:
            raise Failure(f"no echo: {c.got!r}, {c.error}")
        if cell.process != "main" or cell.call != "close":
            t.await_log("^info end service=echo")
        self.check_rights(t, acceptor, cell)
        if (status := t.stop()) != 0:
            raise Failure(f"exit status {status} after it has served")
        await_true("an injection", lambda: self.is_injected(cell))

    def check_rights(self, t, acceptor, cell):
        """It never runs with more than it should have, or says so."""
        now = rights(acceptor)
        if cell.process == "none":
            self.rights[cell.scene] = now
        should = self.rights[cell.scene]
        lacks = re.findall('^warning sandbox .*lacks=(.*)', t.log(), re.M)
        for key, value in should.items():
            if now[key] != value and not (key == "Seccomp" and lacks and
                                          "seccomp" in lacks[0]):
                raise Failure(f"{key} is {now[key]}, should be {value}")
        restricted = [line for _, line in traced(self.trace)
                      if line.startswith("landlock_restrict_self")]
        if restricted and not restricted[-1].endswith("= 0") and not lacks:
            raise Failure("Landlock is not in force, and nothing says so")

    rights = {}

    def proper(self, scene):
        if scene not in self.rights:
            self.start(Cell("none", None, "none", scene, 0, 0, "serves"))
        return self.rights[scene]

    def check_refused(self, t, cell):
        status = t.process.wait()
        await_true("an injection", lambda: self.is_injected(cell))
        if status not in STATUSES:
            raise Failure(f"exit status {status}")
        lines = [line for line in t.log().splitlines()
                 if not line.startswith("error log ")]
        if len(lines) != 1:
            raise Failure(f"{len(lines)} lines instead of one")
        if cell.outcome == "serves":
            raise Failure("it is refused")

    def total(self, cell):
        """How often an acceptor makes that call as it starts."""
        key = cell.call, cell.scene
        if key not in self.totals:
            self.start(Cell(cell.call, None, "acceptor", cell.scene, 0, 0,
                            "start"))
            self.totals[key] = sum(1 for _, line in traced(self.trace)
                                   if line.startswith(cell.call + "("))
        return self.totals[key]

    def offset(self, process, call):
        """How many of them the loader makes before the program's own."""
        if process not in self.offsets:
            counts = {}
            self.start(Cell("all", None, process, "start", 0, 0, "start"))
            for _, line in traced(self.trace):
                if MARKS[process] in line:
                    break
                name = line.split("(")[0]
                counts[name] = counts.get(name, 0) + 1
            self.offsets[process] = counts
        return self.offsets[process].get(call, 0)
