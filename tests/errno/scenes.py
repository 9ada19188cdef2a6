# SPDX-License-Identifier: ISC
"""What is done while system calls fail, and what must be so afterwards.

A scene has one process under strace, the target, and does enough for the call
to be made; what its clients may meet is the cell's outcome (see matrix.txt).
"""
import os
import re
import shutil
import signal
import socket

from daemon import (ACCEPTOR, PATIENCE, TINED, Client, Failure, Strace, Tined,
                    arguments, await_true, children, count_descriptors,
                    read_text, rights, traced)

VICTIMS = 6  # services whose acceptors are killed, once each
STATUSES = (64, 69, 71, 77, 78)  # of a start that is refused: tined(8)
MARK = "PR_SET_CHILD_SUBREAPER"  # before it there is the loader
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


class Stage:
    """Does scenes, all but the starts with one tined as long as it is sound."""

    def __init__(self, tmp):
        self.tmp = tmp
        self.tined = None
        self.serial = 0
        self.offsets, self.totals = None, {}
        self.trace = ""
        self.target = 0
        self.ports = []
        os.makedirs(f"{tmp}/root", exist_ok=True)
        os.makedirs(f"{tmp}/bin", exist_ok=True)
        shutil.copy(TINED, f"{tmp}/bin/tined")
        shutil.copy(os.environ["UNDER"], f"{tmp}/bin/tined-acceptor")

    # ------------------------------------------------------------ the tined

    def config(self, instances):
        listen = f'listen = {{"{HOST}"}}'
        text = (f'service echo {{ listen = {{"{HOST}", "{HOST}"}} '
                'builtin = echo }\n'
                f'service cat {{ {listen} exec = {{"/bin/cat"}} }}\n'
                f'service late {{ {listen} exec = {{"/bin/cat"}} '
                'max_time = 50ms }\n'
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
        """It has served its turn."""
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

    def run(self, cell):
        """Raises Failure, and gives up its tined then."""
        self.trace = f"{self.tmp}/trace"
        self.ports = []
        try:
            if cell.scene in ("start", "strict"):
                self.start(cell)
                return
            self.use_tined()
            before = self.look()
            self.lost = self.tined.lost()
            getattr(self, "scene_" + cell.scene)(cell)
            self.check_hit(cell)
            if self.tined is not None:
                self.check_sound(before, cell)
        except (Failure, OSError) as e:
            log = self.tined.log() if self.tined is not None else ""
            self.kill()
            raise Failure(f"{e}\n{log[-600:]}") from None

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
        """What a client sees may be there before main has done it all."""
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
        for service in fresh:
            self.visit(service, "serves")
        await_true("the ends of fresh clients are logged",
                   lambda: all(map(self.tined.settled,
                                   self.ports[-len(fresh):])))
        await_true("no zombie", lambda: not self.tined.zombies())
        spared = len(self.hits(cell)) if cell.call == "close" else 0
        await_true(f"no descriptor more than {before}",
                   lambda: self.no_more_descriptors(before, spared))
        if self.victim == VICTIMS:
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

    def settle(self):
        """The end of each is logged, or counted as lost and that is said."""
        def settled():
            missing = [p for p in self.ports if not self.tined.settled(p)]
            return len(missing) <= self.tined.lost() - self.lost
        await_true(f"the ends of {self.ports} are logged", settled)

    def visits(self, service, cell, times=3):
        for _ in range(times):
            self.visit(service, cell.outcome)
            self.settle()

    # ------------------------------------------------------ of the acceptor

    def scene_serve(self, cell):
        with self.strace(self.tined.acceptor("echo"), cell):
            if cell.outcome == "gives-up":
                self.give_up()
            else:
                self.visits("echo", cell)
        if cell.outcome == "gives-up":
            self.discard()

    def give_up(self):
        """The listener is given up with one error; the other one serves."""
        first, second = self.tined.addresses["echo"]
        pattern = r"^error .*listener 0 is given up"
        for _ in range(3):
            c = Client(first)
            c.socket.sendall(LINE)
            c.socket.setblocking(False)
            await_true("an answer or an error", lambda: self.tined.count(
                pattern) > 0 or self.has_input(c))
            c.close()
        if self.tined.count(pattern) != 1:
            raise Failure("not one error of a listener that is given up")
        c = Client(second)
        if c.ask(LINE) != LINE:
            raise Failure("the other listener does not serve")

    @staticmethod
    def has_input(client):
        try:
            return client.socket.recv(100, socket.MSG_PEEK) is not None
        except BlockingIOError:
            return False
        except OSError:
            return True

    def scene_program(self, cell):
        with self.strace(self.tined.acceptor("cat"), cell):
            self.visits("cat", cell)

    def scene_told(self, cell):
        """Programs that take too long are told to end, one after the other."""
        with self.strace(self.tined.acceptor("late"), cell):
            for _ in range(2):
                c = Client(self.tined.addresses["late"][0])
                c.read(1)
                c.close()
                self.ports.append(c.port)
                self.settle()

    def scene_refuse(self, cell):
        """Clients of a full service get its message."""
        holder = Client(self.tined.addresses["full"][0])
        try:
            holder.socket.sendall(LINE)
            holder.read(len(LINE))
            with self.strace(self.tined.acceptor("full"), cell):
                for _ in range(3):
                    c = Client(self.tined.addresses["full"][0])
                    c.read(len(b"full\n") + 1)
                    c.close()
                    if c.got != b"full\n" and cell.outcome != "ends":
                        raise Failure(f"a refused client got {c.got!r}")
        finally:
            holder.close()
        self.ports.append(holder.port)

    # ------------------------------------------------------- of the session

    def scene_born(self, cell):
        with self.strace(self.tined.acceptor("echo"), cell, follow=True):
            self.visits("echo", cell, 1)

    def scene_farewell(self, cell):
        with self.strace(self.tined.acceptor("whoami"), cell, follow=True):
            c = Client(self.tined.addresses["whoami"][0])
            c.read(1 << 20)
            c.close()
            if b"service: whoami" not in c.got or c.error is not None:
                raise Failure(f"whoami: {c.got!r}, {c.error}")
            self.ports.append(c.port)
            self.settle()

    def scene_exec(self, cell):
        with self.strace(self.tined.acceptor("cat"), cell, follow=True):
            port = self.visit("cat", cell.outcome)
            self.settle()
        if cell.errno is not None:
            self.tined.await_log(rf"^info end .*:{port} .*exit=127")

    def scene_talk(self, cell):
        """strace comes when the session waits for the second line."""
        acceptor = self.tined.acceptor("echo")
        await_true("no session is left", lambda: not children(acceptor))
        c = Client(self.tined.addresses["echo"][0])
        c.socket.sendall(LINE)
        c.read(len(LINE))
        session = await_true("a session", lambda: list(children(acceptor)))[0]
        with self.strace(session, cell):
            alive = True
            for i in range(2, 6):
                try:
                    c.socket.sendall(LINE)
                except OSError:
                    alive = False
                alive = alive and c.read(i * len(LINE))
            if not alive and cell.outcome != "ends":
                raise Failure(f"the session ends: {c.got!r}, {c.error}")
            c.close()
            self.ports.append(c.port)
            self.settle()

    def scene_bulk(self, cell):
        """Much, to one who reads late: the session must wait for room."""
        with self.strace(self.tined.acceptor("echo"), cell, follow=True):
            c = Client(self.tined.addresses["echo"][0], room=65536)
            sent = bytearray()
            for _ in range(3):
                sent += self.stuff(c)
                c.read(len(sent))
            c.close()
            if c.got != sent and cell.outcome != "ends":
                raise Failure(f"{len(c.got)} of {len(sent)} bytes, {c.error}")
            self.ports.append(c.port)
            self.settle()

    @staticmethod
    def stuff(client):
        """Sends until there is no more room; what was sent."""
        piece, sent = b"0123456789abcdef" * 4096, bytearray()
        client.socket.settimeout(0.1)
        try:
            while True:
                sent += piece[:client.socket.send(piece)]
        except TimeoutError:
            pass
        except OSError as e:
            client.error = e
        client.socket.settimeout(PATIENCE)
        return sent

    # -------------------------------------------------------------- of main

    def set_instances(self):
        self.instances += 1
        self.tined.write_config(self.config(self.instances))

    def reload(self, pattern):
        before = self.tined.count(pattern)
        self.set_instances()
        os.kill(self.tined.pid, signal.SIGHUP)
        self.tined.await_log(pattern, before)

    def scene_reload(self, cell):
        """A reload that may fail with an error, and one that must not."""
        lost = self.tined.lost()
        with self.strace(self.tined.pid, cell):
            before = self.tined.count("^notice reloaded|^error ")
            self.set_instances()
            os.kill(self.tined.pid, signal.SIGHUP)
            await_true("a reload or an error", lambda: self.tined.lost() > lost
                       or self.tined.count("^notice reloaded|^error ") >
                       before)
            self.visit("other", "open" if cell.call == "close" else "serves")
            self.await_hit(cell)
        self.reload("^notice reloaded")
        await_true("one acceptor of other", lambda: "other" in (
            now := self.tined.processes()) and "other+" not in now)

    def scene_restart(self, cell):
        """An acceptor is killed and comes again."""
        name = f"v{self.victim}"
        old = self.tined.acceptor(name)
        self.victim += 1
        with self.strace(self.tined.pid, cell):
            os.kill(old, signal.SIGKILL)
            self.visit(name, "serves")
            self.await_hit(cell)

    def scene_reborn(self, cell):
        """As it comes again the acceptor fails, and later does not."""
        name = f"v{self.victim}"
        old = self.tined.acceptor(name)
        self.victim += 1
        with self.strace(self.tined.pid, cell, follow=True):
            os.kill(old, signal.SIGKILL)
            if cell.errno is not None:
                await_true("an injection", lambda: self.hits(cell))
        self.visit(name, "serves")

    # -------------------------------------------------- of main and logger

    def scene_log(self, cell):
        with self.strace(self.tined.logger(), cell):
            for service in ("echo", "cat", "echo", "cat", "echo"):
                self.visit(service, "serves")
                self.settle()

    def scene_relog(self, cell):
        """The logger is killed and comes again."""
        old = self.tined.logger()
        in_logger = cell.process == "logger"

        def new():
            return (self.tined.logger() or old) != old
        with self.strace(self.tined.pid, cell, follow=in_logger):
            os.kill(old, signal.SIGKILL)
            if in_logger and cell.errno is not None:
                await_true("an injection", lambda: self.speak(cell))
            else:
                await_true("a logger", new)
                self.visit("echo", "serves")
                self.settle()
                self.await_hit(cell)
        await_true("a logger", new)
        self.visit("echo", "serves")
        self.settle()

    def speak(self, cell):
        """Gives the logger something to write, until it has failed."""
        if self.hits(cell):
            return True
        self.visit("echo", "serves")
        return False

    # ------------------------------------------------------------ of starts

    def start_config(self, cell):
        if cell.scene == "strict":
            kind = 'exec = {"/bin/cat"} sandbox = strict'
        else:
            kind = f'builtin = echo chroot = "{self.tmp}/root"'
        return (f'service echo {{ listen = {{"{HOST}", "unix:{self.tmp}/s"}} '
                f'{kind} }}\n')

    def start(self, cell):
        """The first start.  It serves as it should, or it is refused."""
        self.discard()
        if cell.process != "none":
            self.proper(cell.scene)
        offset = 0
        if cell.process == "main" and cell.errno is not None:
            offset = self.offset(cell.call)
        elif cell.when < 0:
            offset = self.total(cell) + 1
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

    def offset(self, call):
        """How many of them the loader makes before tined itself begins."""
        if self.offsets is None:
            self.offsets = {}
            self.start(Cell("all", None, "main", "start", 0, 0, "start"))
            for _, line in traced(self.trace):
                name = line.split("(")[0]
                self.offsets[name] = self.offsets.get(name, 0) + 1
                if MARK in line:
                    break
        return self.offsets.get(call, 0)
