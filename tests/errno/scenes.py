# SPDX-License-Identifier: ISC
"""What is done while system calls fail.

A scene has one process under strace, the target, and does enough for the call
to be made; what its clients may meet is the cell's outcome (see matrix.txt).
"""
import os
import signal
import socket

from daemon import PATIENCE, Client, Failure, await_true, children
from fixture import LINE
from starts import Starts


class Scenes(Starts):
    """Does scenes, all but the starts with one tined as long as it is sound."""

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
            self.since = len(self.tined.log())
            getattr(self, "scene_" + cell.scene)(cell)
            self.check_hit(cell)
            if self.tined is not None:
                self.check_sound(before, cell)
        except (Failure, OSError) as e:
            log = self.tined.log() if self.tined is not None else ""
            self.kill()
            raise Failure(f"{e}\n{log[-600:]}") from None

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
        """Programs that take too long get TERM, one after the other."""
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

    def scene_apart(self, cell):
        """A strict program, which is shut off before it is executed."""
        self.scene_exec(cell, "apart")

    def scene_exec(self, cell, service="cat"):
        with self.strace(self.tined.acceptor(service), cell, follow=True):
            port = self.visit(service, cell.outcome)
            self.settle()
        if cell.errno is not None:
            self.tined.await_log(rf"^info end .*:{port} .*exit=127")

    def scene_loud(self, cell):
        """A program serves, though its standard error finds no reader: then
        it is counted."""
        said = "^info stderr service=loud .*msg=loud$"
        before = self.tined.count(said)
        with self.strace(self.tined.acceptor("loud"), cell, follow=True):
            self.visit("loud", cell.outcome)
            self.settle()
        if cell.errno in (None, "EINTR"):
            self.tined.await_log(said, before)
        else:
            await_true("a standard error that is lost",
                       lambda: self.tined.lost() > self.lost)

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
        """Much data to a client that reads late: the session must wait for room."""
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
