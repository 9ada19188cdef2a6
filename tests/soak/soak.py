#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Serves a mixed load from one tined while random things happen to it, and
closes the accounts in the end; see ../README.md.  `make soak` runs it."""
import argparse
import contextlib
import os
import random
import re
import shutil
import signal
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor

sys.dont_write_bytecode = True
sys.path.insert(1, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))

# pylint: disable=wrong-import-position
import clients
from daemon import (Daemon, Failed, GROUPS, KILLABLE, KNOBS,
                    processes, wait_until)
from events import Events
from ledger import Ledger, NO_EVIDENCE, STDERR
import report

CROWD = 4  # clients of "limited" that come at once
BURSTS = 4  # of them at once


def arguments():
    p = argparse.ArgumentParser(prog="soak", description=__doc__)
    p.add_argument("--builddir", default=".", help="where tined was built")
    p.add_argument("--out", help="where the results go (BUILDDIR/soak)")
    p.add_argument("--seed", help="an earlier one repeats its decisions")
    p.add_argument("--workers", type=int, default=48)
    p.add_argument("--pace", type=float, default=3,
                   help="seconds between two events, at most")
    p.add_argument("--table", type=float, default=30,
                   help="seconds between two tables")
    p.add_argument("duration", nargs="?", default="30m",
                   help="such as 90s, 30m, 2h")
    args = p.parse_args()
    match = re.fullmatch(r"(\d+)([smh]?)", args.duration)
    if match is None:
        p.error(f"not a duration: {args.duration}")
    args.seconds = int(match[1]) * {"": 1, "s": 1, "m": 60,
                                    "h": 3600}[match[2]]
    args.builddir = os.path.abspath(args.builddir)
    args.out = os.path.abspath(args.out or os.path.join(args.builddir, "soak"))
    args.seed = args.seed or str(random.SystemRandom().randint(1, 999999))
    return args


class Gate:
    """Its holder waits until all passages are over, and lets no new one begin."""

    def __init__(self):
        self.changed = threading.Condition()
        self.inside, self.closed = set(), False

    def passage(self):
        with self.changed:
            self.changed.wait_for(lambda: not self.closed)
            return Passage(self)

    def __enter__(self):
        with self.changed:
            self.closed = True
            self.changed.wait_for(lambda: not self.inside)

    def __exit__(self, *_):
        with self.changed:
            self.closed = False
            self.changed.notify_all()


class Passage:
    def __init__(self, gate):
        self.gate = gate
        gate.inside.add(self)

    def leave(self):
        with self.gate.changed:
            self.gate.inside.discard(self)
            self.gate.changed.notify_all()


class Soak:
    def __init__(self, args, tmp):
        self.args = args
        self.ledger = Ledger(GROUPS)
        self.daemon = Daemon(args.builddir, tmp, self.ledger.read)
        self.events = Events(self.daemon, self.ledger, args.seed,
                             os.environ.get("TINE") or
                             os.path.join(args.builddir, "tine"))
        if report.is_wide(args.builddir):
            self.events.calm = 30
        self.events.quiet = self.gate = Gate()
        self.over = threading.Event()
        self.bursts = threading.Semaphore(BURSTS)
        self.before = self.after = None
        self.halfway = 0  # KiB that main had allocated
        self.reasons = []

    # ---------------------------------------------------------------- clients

    def visit(self, service, what, address, seed):
        if service not in STDERR:
            self.converse(service, what, address, random.Random(seed), None)
            return
        passage = self.gate.passage()
        try:
            self.converse(service, what, address, random.Random(seed), passage)
        finally:
            passage.leave()

    def converse(self, *args):
        service, what, address, rng, passage = args
        try:
            v = clients.Visit(address, rng, self.over)
        except OSError as e:
            self.ledger.complain(service, f"connect: {e}")
            return
        if passage is not None:
            v.replied = passage.leave
        self.ledger.arrived(service)
        saw, whole = "rude", False
        try:
            saw, whole = clients.converse(v, what)
        except clients.Wrong as e:
            self.ledger.complain(service, f"{v.peer}: {e}")
        if service in NO_EVIDENCE:
            saw = "rude"
        self.ledger.left(service, v, saw, whole)

    def work(self, job):
        try:
            self.keep_visiting(job)
        except Exception as e:  # a broken client must not pass for a quiet one
            self.ledger.complain("soak", f"client {job}: {e!r}")
            raise

    def keep_visiting(self, job):
        rng = random.Random(f"{self.args.seed}/{job}")
        while not self.over.is_set():
            service = clients.pick(rng, clients.SERVICES.items())
            what = clients.pick(rng, clients.CONVERSATIONS[service])
            address = rng.choice(self.daemon.addresses[service])
            seeds = [rng.getrandbits(64) for _ in range(CROWD)]
            pause = rng.uniform(0, 0.3)
            if service == "limited":
                self.burst(service, what, address, seeds)
            else:
                self.visit(service, what, address, seeds[0])
            self.over.wait(pause)

    def burst(self, *args):
        service, what, address, seeds = args
        with self.bursts:
            crowd = [threading.Thread(target=self.visit, args=(
                service, what, address, seed)) for seed in seeds]
            for one in crowd:
                one.start()
            for one in crowd:
                one.join()

    # ------------------------------------------------------------- the course

    def warm_up(self):
        """Everything once, and a reload: then comes what is compared."""
        rng = random.Random(0)
        visits = [(service, what, address, rng.getrandbits(64))
                  for service, conversations in clients.CONVERSATIONS.items()
                  for address in self.daemon.addresses[service]
                  for what, _ in conversations]
        with ThreadPoolExecutor(len(visits)) as pool:
            list(pool.map(lambda visit: self.visit(*visit), visits))
        for n in (1, 2, 0):
            self.events.reload_to({name: n for name in KNOBS})
            for name in KILLABLE:
                self.events.kill_one(name, 0)
        if self.events.can_look():
            self.events.logger()
        self.settle()
        self.before = self.daemon.snapshot()

    def settle(self):
        """No session is left, every acceptor is there, all is said."""
        if not wait_until(60, self.is_settled, 0.2):
            self.reasons.append("it does not settle: see the last state")

    def is_settled(self):
        self.events.state()
        return not list(self.remains()) and all(
            a.state["sessions"] == 0 and a.state["acceptors"] == 1 and
            len(self.daemon.acceptors(name)) == 1 and
            a.state["lost"] == a.lost_said and
            a.state["refused"] == a.refused_said
            for name, a in self.ledger.of.items())

    def run(self):
        self.warm_up()
        workers = [threading.Thread(target=self.work, args=(job,), daemon=True)
                   for job in range(self.args.workers)]
        for worker in workers:
            worker.start()
        start = time.monotonic()
        table = start + self.args.table
        rng = random.Random(f"{self.args.seed}/pace")
        while time.monotonic() < start + self.args.seconds or \
                self.events.first:
            time.sleep(rng.uniform(self.args.pace / 10, self.args.pace))
            self.events.one()
            if self.daemon.main.poll() is not None:
                raise Failed("tined has ended")
            if self.halfway == 0 and \
                    time.monotonic() >= start + self.args.seconds / 2:
                self.halfway = self.daemon.snapshot()["main"]["allocated"]
            if time.monotonic() >= table:
                table += self.args.table
                self.events.state()
                report.table(self, time.monotonic() - start)
        self.over.set()
        for worker in workers:
            worker.join(150)
            if worker.is_alive():
                raise Failed("a client does not come to its end")

    def finish(self):
        self.events.reload_to({name: 0 for name in KNOBS})
        self.settle()
        self.after = self.daemon.snapshot()
        self.reasons += self.remains()
        status = self.daemon.end()
        if status != 0:
            self.reasons.append(f"tined exits with {status}")
        if self.ledger.events["stopped"] != 1:
            self.reasons.append("it does not say that it has stopped")
        self.reasons += self.ledger.balance(self.events.killed)
        self.reasons += report.compare(self)
        self.reasons += report.check_log(self)

    def remains(self):
        """Zombies, sessions, and what does not say that it has none."""
        main = processes(self.daemon.main.pid)
        for p in main + [q for p in main for q in processes(p.pid)]:
            if p.state == "Z" or p.title != "tined: logger" and \
                    not re.fullmatch(r"tined-acceptor: \S+ 0/\d+", p.title):
                yield f"left: {p.pid} {p.state} {p.title}"


def shows_titles(soak):
    """Whether what is to be killed can be found; valgrind hides titles."""
    return wait_until(10, lambda: soak.daemon.logger() and
                      soak.daemon.acceptors("echo"))


def course(soak):
    try:
        soak.run()
        soak.finish()
    except Failed as e:
        soak.reasons += [str(e)] + soak.ledger.wrong[:20]
    finally:
        soak.over.set()
        if soak.daemon.main.poll() is None:
            soak.daemon.kill()


def main():
    args = arguments()
    # By a signal, too, it ends what it has started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by a signal"))
    print(f"seed {args.seed}, {args.seconds} s", flush=True)
    shutil.rmtree(args.out, ignore_errors=True)
    os.makedirs(args.out)
    with tempfile.TemporaryDirectory(prefix="tined.") as tmp, \
            contextlib.ExitStack() as stack:
        os.chmod(tmp, 0o755)
        os.chmod(args.out, 0o755)
        try:
            soak = Soak(args, tmp)
        except Failed as e:
            sys.exit(str(e))
        if not shows_titles(soak):
            soak.daemon.kill()
            print("skipped: the processes have no titles")
            return 77
        course(soak)
        report.last(soak)
        if soak.reasons:
            stack.callback(print, f"the log is kept in {args.out}")
            shutil.copy(soak.daemon.log, args.out)
    return 1 if soak.reasons else 0


if __name__ == "__main__":
    sys.exit(main())
