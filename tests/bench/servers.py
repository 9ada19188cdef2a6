# SPDX-License-Identifier: ISC
"""The servers: tined, the floors, and every peer that is installed.

Each peer is set up as fast as it can be: backlog raised where it can be,
look-ups off, limits out of the way, no log.  What is run is in `setup`.
"""

import os
import shutil
import signal
import socket
import subprocess
import time

import loads
import machine

BACKLOG = 4096
ANY = 1000000  # a limit that is out of the way

builddir = None  # set by bench.py, as is the directory for our files
tmp = None
alone = False  # in a network name space of our own: every port is free


class Server:
    """A process that serves on an address, started and stopped by us."""

    def __init__(self, name, kind, args, address=None, daemon=None):
        self.name = name
        self.kind = kind  # tined, floor or peer
        self.args = [str(arg) for arg in args]
        self.address = address
        self.daemon = daemon  # the pid file of one that detaches itself
        self.process = None
        self.pid = None
        self.log = None

    def setup(self):
        text = " ".join(quoted(arg) for arg in self.args)
        for path in (tmp, builddir):
            text = text.replace(path + "/", "")
        return text

    def popen(self, **more):
        self.log = open(os.path.join(tmp, f"{id(self)}.log"), "wb")
        return subprocess.Popen(
            self.args, stdin=subprocess.DEVNULL, stderr=self.log,
            start_new_session=True, cwd="/", **more)

    def start(self):
        self.process = self.popen(stdout=self.log_or_null())
        if self.daemon is not None:
            self.process.wait(timeout=10)
            if not loads.wait_until(10, lambda: os.path.exists(self.daemon)
                                    and machine.read(self.daemon).strip()):
                raise loads.Failed("does not start")
            self.pid = int(machine.read(self.daemon))
        else:
            self.pid = self.process.pid
        loads.wait_until(10, lambda: self.gone() or self.answers())
        if self.gone() or not self.answers():
            self.stop()
            raise loads.Failed(f"does not answer: {self.said()}")

    @staticmethod
    def log_or_null():
        return subprocess.DEVNULL

    def answers(self):
        host, port = self.address.rsplit(":", 1)
        try:
            socket.create_connection((host, int(port)), timeout=2).close()
        except OSError:
            return False
        return True

    def said(self):
        with open(self.log.name, "rb") as file:
            return file.read()[-500:].decode("utf-8", "replace").strip()

    def gone(self):
        if self.daemon is None:
            return self.process.poll() is not None
        try:
            os.waitpid(self.pid, os.WNOHANG)
        except ChildProcessError:
            pass
        return not os.path.exists(f"/proc/{self.pid}")

    def parent(self):
        """The process that forks the sessions."""
        return self.pid

    def stop(self):
        if self.pid is None:
            return
        left = machine.children(self.pid)
        for number, seconds in ((signal.SIGTERM, 5), (signal.SIGKILL, 5)):
            if self.gone():
                break
            os.kill(self.pid, number)
            loads.wait_until(seconds, self.gone)
        for pid in left:
            end(pid)
        self.pid = None
        self.log.close()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()


def end(pid):
    """Ends what a server has left behind, if it is still that."""
    try:
        parent = int(machine.stat(pid)[1])
    except OSError:
        return
    if parent in (1, os.getpid()):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


class Floor(Server):
    """Prints its port when it is ready."""

    def start(self):
        self.process = self.popen(stdout=subprocess.PIPE)
        self.pid = self.process.pid
        line = self.process.stdout.readline()
        if not line.strip():
            raise loads.Failed("does not start")
        self.address = "127.0.0.1:" + line.decode().strip()


class Tined(Server):
    """Says on the ready descriptor where it listens."""

    def __init__(self, name, args):
        super().__init__(name, "tined",
                         [os.path.join(builddir, "tined"), "-f", *args])

    def start(self):
        read, write = os.pipe()
        args, self.args = self.args, [*self.args[:2], "-r", str(write),
                                      *self.args[2:]]
        self.process = self.popen(stdout=subprocess.DEVNULL, pass_fds=(write,))
        self.args = args
        self.pid = self.process.pid
        os.close(write)
        with os.fdopen(read) as file:
            ready = file.read().split()
        if len(ready) != 2:
            raise loads.Failed(f"tined does not start: {self.said()}")
        self.address = ready[1]

    def parent(self):
        for pid in machine.children(self.pid):
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                if b"tined-acceptor" in file.read():
                    return pid
        raise loads.Failed("tined has no acceptor")

    def stop(self):
        # A second signal skips the drain.
        if self.pid is not None and not self.gone():
            os.kill(self.pid, signal.SIGTERM)
            time.sleep(0.05)
        super().stop()


def quoted(word):
    return word if word and not set(word) & set(" ;{}\"'\n") else f"'{word}'"


def tined(name, *args, options=(), records=False):
    """A tined for one service, on any port; records: a line for each end."""
    level = "info" if records else "notice"
    given = [word for option in (f"log_level={level}", *options)
             for word in ("-o", option)]
    return Tined(name, [*given, "-l", "127.0.0.1:0", *args])


ECHO = ("-s", "echo")


def floor(name, program, *args):
    path = os.path.join(builddir, "tests/bench", program)
    return Floor(name, "floor", [path, *args])


def static_program():
    """A copy where a private /tmp does not hide it."""
    path = os.path.join(tmp, "echo4k")
    if not os.path.exists(path):
        shutil.copy(os.path.join(builddir, "tests/bench/floor/stdio_echo"),
                    path)
    return path


# ------------------------------------------------------------------ peers


def find(*names):
    """The path of the first of these programs that is there."""
    path = os.pathsep.join([
        os.path.join(builddir, "peers/usr/bin"),
        os.path.join(builddir, "peers/usr/sbin"),
        os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
    for name in names:
        found = shutil.which(name, path=path)
        if found:
            return found
    return None


hosts = iter(range(2, 65000))


def fresh_address(port=None):
    """An address that nobody listens on, on this port if that is free."""
    if alone:
        n = next(hosts)
        return f"127.0.{n // 250}.{n % 250 + 1}:{port or 7007}"
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            s.bind(("127.0.0.1", port or 0))
        except OSError:
            return None
        return f"127.0.0.1:{s.getsockname()[1]}"


def write_file(name, text):
    path = os.path.join(tmp, name)
    with open(path, "w", encoding="ascii") as file:
        file.write(text)
    return path


def peer(name, program, args, daemon=None):
    """args: a function of host and port."""
    path = find(*program)
    address = fresh_address()
    if path is None or address is None:
        return None
    host, port = address.split(":")
    return Server(name, "peer", [path, *args(host, port)], address, daemon)


def inetd(name, program, service, flags):
    """An inetd; service: "internal", or a program and its arguments."""
    path = find(*program)
    address = fresh_address(7)
    if path is None or address is None:
        return None
    host = address.split(":", maxsplit=1)[0]
    words = [service] if service == "internal" else [
        service, os.path.basename(service)]
    unique = f"{name.replace(' ', '-')}-{host}"
    config = write_file(f"{unique}.conf",
                        f"{host}:echo stream tcp nowait.{ANY * 100} root "
                        f"{' '.join(words)}\n")
    daemon = None
    if "--pidfile=PID" in flags:
        daemon = os.path.join(tmp, f"{unique}.pid")
        flags = [f"--pidfile={daemon}" if flag == "--pidfile=PID" else flag
                 for flag in flags]
    return Server(name, "peer", [path, *flags, config], address, daemon)


def xinetd(name, service):
    path = find("xinetd")
    address = fresh_address(7)
    if path is None or address is None:
        return None
    host = address.split(":", maxsplit=1)[0]
    what = ("type = INTERNAL\n id = echo-stream" if service == "internal"
            else f"server = {service}")
    config = write_file(f"xinetd-{host}.conf", f"""defaults
{{
 instances = UNLIMITED
 per_source = UNLIMITED
 cps = {ANY} 1
}}
service echo
{{
 {what}
 bind = {host}
 socket_type = stream
 protocol = tcp
 wait = no
 user = root
 flags = NODELAY NOLIBWRAP
}}
""")
    return Server(name, "peer", [
        path, "-dontfork", "-f", config, "-pidfile",
        os.path.join(tmp, f"xinetd-{host}.pid")], address)


OPENBSD = ("openbsd-inetd", "inetd")
OPENBSD_FLAGS = ["-i", "-q", BACKLOG, "-R", ANY * 100]
INETUTILS = ("inetutils-inetd",)
INETUTILS_FLAGS = ["-R", ANY * 100, "--pidfile=PID"]


def echo_peers():
    """Peers that echo by themselves."""
    return present(
        peer("socat PIPE", ["socat"], lambda host, port: [
            f"TCP-LISTEN:{port},bind={host},reuseaddr,nodelay,fork,"
            f"backlog={BACKLOG}", "PIPE"]),
        inetd("openbsd-inetd internal", OPENBSD, "internal", OPENBSD_FLAGS),
        inetd("inetutils-inetd internal", INETUTILS, "internal",
              INETUTILS_FLAGS),
        xinetd("xinetd internal", "internal"))


def busybox_tcpsvd():
    """Not every busybox has it."""
    busybox = find("busybox")
    if busybox is None:
        return []
    has = subprocess.run([busybox, "--list"], capture_output=True, text=True,
                         check=False).stdout.split()
    return ["busybox"] if "tcpsvd" in has else []


def program_peers(program):
    """Peers that run a program on each connection."""
    what = os.path.basename(program)
    return present(
        peer(f"tcpserver {what}", ["tcpserver"], lambda host, port: [
            "-HRDq", "-l0", f"-c{ANY}", f"-b{BACKLOG}", host, port, program]),
        peer(f"tcpsvd {what}", ["tcpsvd"], lambda host, port: [
            "-E", "-l", "localhost", "-c", ANY, "-b", BACKLOG, host, port,
            program]),
        peer(f"busybox tcpsvd {what}", busybox_tcpsvd(), lambda host, port: [
            "tcpsvd", "-E", "-c", ANY, "-b", BACKLOG, host, port, program]),
        peer(f"s6-tcpserver {what}", ["s6-tcpserver"], lambda host, port: [
            f"-c{ANY}", f"-C{ANY}", f"-b{BACKLOG}", host, port, program]),
        xinetd(f"xinetd {what}", program),
        inetd(f"openbsd-inetd {what}", OPENBSD, program, OPENBSD_FLAGS),
        inetd(f"inetutils-inetd {what}", INETUTILS, program,
              INETUTILS_FLAGS),
        peer(f"systemd-socket-activate {what}", ["systemd-socket-activate"],
             lambda host, port: ["--accept", "--inetd", "-l",
                                 f"{host}:{port}", program]),
        peer(f"socat EXEC {what}", ["socat"], lambda host, port: [
            f"TCP-LISTEN:{port},bind={host},reuseaddr,nodelay,fork,"
            f"backlog={BACKLOG}", f"EXEC:{program},nofork"]),
        peer(f"ncat {what}", ["ncat"], lambda host, port: [
            "-n", "-l", "-k", "-m", ANY, "--exec", program, host, port]))


def refusing_peers():
    """Peers that refuse everyone."""
    config = fresh_address()
    path = find("haproxy")
    servers = []
    if path and config:
        file = write_file("haproxy.cfg", f"""global
 maxconn 4000
 nbthread 1
defaults
 mode tcp
 timeout connect 5s
 timeout client 5s
 timeout server 5s
frontend refuse
 bind {config} backlog {BACKLOG}
 tcp-request connection reject
""")
        servers.append(Server("haproxy reject", "peer",
                              [path, "-db", "-f", file], config))
    rules, cdb = find("tcprules"), os.path.join(tmp, "deny.cdb")
    if rules:
        subprocess.run([rules, cdb, cdb + ".tmp"], input=b":deny\n",
                       check=True)
        servers.append(peer("tcpserver deny", ["tcpserver"],
                            lambda host, port: [
            "-HRDq", "-l0", f"-c{ANY}", f"-b{BACKLOG}", "-x", cdb, host, port,
            "/bin/cat"]))
    return present(*servers)


def present(*servers):
    return [server for server in servers if server is not None]
