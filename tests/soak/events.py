# SPDX-License-Identifier: ISC
"""What happens to the tined of the soak while it serves.  Every event draws its
decisions before it begins, so that one seed gives one sequence of them, and
returns only when it is over."""
import array
import fcntl
import json
import os
import random
import signal
import subprocess
import termios
import time
from collections import Counter

from daemon import BROKEN, Failed, KILLABLE, KNOBS, wait_until

PATIENCE = 60
EPOLL_WAIT = {"x86_64": ("232", "281"), "aarch64": ("22",)}


class Events:
    def __init__(self, daemon, ledger, seed, tine):
        self.d, self.ledger, self.tine = daemon, ledger, tine
        self.rng = random.Random(f"{seed}/events")
        self.done = Counter()
        self.killed = Counter()  # acceptors, by service
        # Acceptors by pid, which may come again; those that served are restarted.
        self.killed_pids, self.killed_serving = Counter(), Counter()
        self.good = self.bad = 0  # reloads
        self.calm = 1  # what divides a storm, where forks are slow
        self.quiet = None  # a gate: while it is held no program starts
        self.kinds = ((self.reload, 35), (self.broken, 15), (self.kill, 30),
                      (self.state, 8), (self.logger, 7), (self.full, 5),
                      (self.kill_in_storm, 8))
        if not self.can_look():
            print("the logger is not killed: /proc does not show its calls")
            self.kinds = tuple(k for k in self.kinds if k[0] != self.logger)
        self.first = [event for event, _ in self.kinds]  # each once
        self.rng.shuffle(self.first)

    def one(self, full=True):
        kinds = [(e, n) for e, n in self.kinds if full or e in (
            self.reload, self.broken, self.kill)]
        if full and self.first:
            self.first.pop()()
            return
        event, = self.rng.choices(*map(list, zip(*kinds)))
        event(full)

    # ---------------------------------------------------------------- reloads

    def reload(self, heard=True):
        names = self.rng.sample(sorted(KNOBS), self.rng.randint(1, 4))
        knobs = dict(self.d.knobs)
        for name in names:
            knobs[name] = (knobs[name] + self.rng.randint(1, 2)) % 3
        self.reload_to(knobs, heard)

    def reload_to(self, knobs, heard=True):
        """`heard`: the log's reader reads."""
        changed = [name for name in knobs if knobs[name] != self.d.knobs[name]]
        old = {name: self.d.acceptors(name) for name in changed}
        self.d.configure(knobs)
        self.d.knobs = knobs
        self.good += 1
        self.d.signal(signal.SIGHUP)
        self.obeyed()
        if not wait_until(PATIENCE, lambda: all(
                self.replaced(name, old[name]) for name in changed)):
            raise Failed(f"no new acceptors of {changed}")
        if heard:
            self.heard(lambda: self.ledger.events["reloaded"] >= self.good,
                       "reloaded")
        self.done["reloads"] += 1

    def replaced(self, name, old):
        now = self.d.acceptors(name, draining=False)
        return now and not set(now) & set(old)

    def broken(self, heard=True):
        text = self.rng.choice(BROKEN)
        self.d.write(text)
        self.bad += 1
        self.d.signal(signal.SIGHUP)
        self.obeyed()
        if heard:
            self.heard(lambda: self.refusals() >= self.bad, "reload refused")
        self.d.configure(self.d.knobs)
        self.done["broken reloads"] += 1

    def obeyed(self):
        """Main has done what the signal says, whether it is heard or not."""
        if not wait_until(PATIENCE, lambda: rests(self.d.main.pid), 0.001):
            raise Failed("main does not come to rest")

    def refusals(self):
        return sum("reload refused" in line for line in self.ledger.errors)

    def heard(self, condition, what):
        if not wait_until(PATIENCE, condition):
            raise Failed(f"not in the log after {PATIENCE} s: {what}")

    # ------------------------------------------------------------------ kills

    def kill(self, heard=True):
        """An acceptor, in the middle of whatever it does."""
        name = self.rng.choice(KILLABLE)
        self.kill_one(name, self.rng.random(), heard)

    def kill_one(self, name, which, heard=True):
        serving = self.d.acceptors(name, draining=False)
        all_of_them = self.d.acceptors(name)
        if not serving:
            return  # the last one that was killed is not yet back
        pid = all_of_them[int(which * len(all_of_them))]
        self.killed_pids[str(pid)] += 1
        self.killed_serving[str(pid)] += pid in serving
        self.killed[name] += 1
        os.kill(pid, signal.SIGKILL)
        if pid in serving and heard and not wait_until(
                PATIENCE, lambda: self.replaced(name, [pid])):
            raise Failed(f"no new acceptor of {name}")
        self.done["acceptors killed"] += 1

    def logger(self, heard=True):
        """The logger, while it waits: then it has nothing in its hands.  No
        program starts meanwhile, for its standard error would be lost."""
        with self.quiet:
            pid = self.d.logger()
            if pid is None or not wait_until(
                    PATIENCE, lambda: self.stopped_at_rest(pid)):
                raise Failed("the logger is never at rest")
            before = self.ledger.restarted["logger"]
            os.kill(pid, signal.SIGKILL)
            self.heard(lambda: self.ledger.restarted["logger"] > before,
                       "restarted process=logger")
        self.done["loggers killed"] += 1

    def can_look(self):
        try:
            with open(f"/proc/{self.d.logger()}/syscall",
                      encoding="ascii") as f:
                return f.read() != "" and os.uname().machine in EPOLL_WAIT
        except OSError:
            return False

    def stopped_at_rest(self, pid):
        os.kill(pid, signal.SIGSTOP)
        wait_until(PATIENCE, lambda: state_of(pid) == "T", 0.001)
        with open(f"/proc/{pid}/syscall", encoding="ascii") as f:
            call = f.read().split()[0]
        if call in EPOLL_WAIT.get(os.uname().machine, ()) and \
                not unread(pid):
            return True
        os.kill(pid, signal.SIGCONT)
        return False

    # -------------------------------------------------------------- the rest

    def state(self, heard=True):
        before = self.ledger.nstates
        self.d.signal(signal.SIGUSR1)
        self.heard(lambda: self.ledger.nstates >= before + len(KNOBS), "state")
        self.done["states"] += 1

    def full(self, heard=True):
        """The log's reader stops, connections storm in, and other things
        happen, until it reads again."""
        n = self.rng.randint(8000, 14000)
        held = self.rng.uniform(0, 3)
        self.d.reader.send_signal(signal.SIGSTOP)
        self.storm(n)
        for _ in range(self.rng.randint(0, 2)):
            self.one(full=False)
            time.sleep(0.3)
        time.sleep(held)
        self.d.reader.send_signal(signal.SIGCONT)
        self.heard(lambda: self.ledger.events["reloaded"] >= self.good and
                   self.refusals() >= self.bad, "the reloads of a full log")
        self.state()
        self.done["full log readers"] += 1

    def kill_in_storm(self, heard=True):
        """An acceptor that is certainly in the middle of something."""
        n, delay = self.rng.randint(2000, 4000), self.rng.uniform(0, 0.4)
        which = self.rng.random()
        storm = self.begin_storm(n)
        time.sleep(delay)
        self.kill_one("echo", which, heard)
        self.end_storm(storm, n)
        self.done["kills in storms"] += 1

    def storm(self, n):
        self.end_storm(self.begin_storm(n), n)

    def begin_storm(self, n):
        n //= self.calm
        return subprocess.Popen(
            # As patient as main is with an acceptor that is killed at once.
            [self.tine, "bench", "--json", "-w", "30s", "-c", "16",
             "-N", str(n), "-s", "16", f"unix:{self.d.tmp}/echo"],
            stdout=subprocess.PIPE)

    def end_storm(self, storm, n):
        n //= self.calm
        f = json.loads(storm.communicate(timeout=300)[0])
        unserved = f["errors_reset"] + f["errors_short"]
        if f["connections"] != n or f["errors"] != unserved or \
                f["requests"] != n - unserved:
            self.ledger.complain("echo", f"tine bench of {n}: {f}")
        self.ledger.stormed("echo", n - unserved, unserved, "unix 16 16")
        self.done["connections of storms"] += n


def state_of(pid):
    with open(f"/proc/{pid}/stat", encoding="latin1") as f:
        return f.read().rsplit(") ", 1)[1][0]


def rests(pid):
    """It sleeps, and no SIGHUP waits for it."""
    with open(f"/proc/{pid}/status", encoding="latin1") as f:
        pending = int(f.read().split("\nShdPnd:")[1].split()[0], 16)
    return state_of(pid) == "S" and not pending >> signal.SIGHUP - 1 & 1


def unread(pid):
    """Bytes in the pipes that a process reads."""
    total = 0
    for fd in os.listdir(f"/proc/{pid}/fd"):
        path = f"/proc/{pid}/fd/{fd}"
        with open(f"/proc/{pid}/fdinfo/{fd}", encoding="ascii") as f:
            flags = int(f.read().split("flags:")[1].split()[0], 8)
        if flags & os.O_ACCMODE != os.O_RDONLY or \
                not os.readlink(path).startswith("pipe:"):
            continue
        pipe = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        count = array.array("i", [0])
        fcntl.ioctl(pipe, termios.FIONREAD, count)
        os.close(pipe)
        total += count[0]
    return total
