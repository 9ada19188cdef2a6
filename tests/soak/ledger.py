# SPDX-License-Identifier: ISC
"""The accounts of the soak: what the clients say, what the scoreboard says (SIGUSR1)
and what the log says, for each service; and whether they agree.

	established = started + refused + in progress
	started     = ended                     (no session is left)
	ended       = end records + records counted as lost
	refused     = what the clients were told = what the log says of it

"In hand" is the one connection that an acceptor has accepted but not yet forked
for when it is killed: the kernel closes it.  Its client sees an end before any
byte, so those clients must be as many, to the last."""
import re
import threading
from collections import Counter

VALUE = re.compile(r'([a-z_]+)=("[^"]*"|\S*)')
BUILTINS = ("chargen", "discard", "echo", "limited", "rude")
NO_EVIDENCE = ("discard", "rude")  # their clients see no difference, they are not killed
BATCH = 30  # end records that an acceptor writes at once: RECORD_MAX, record.h
STDERR = ("chatty",)  # a line for each session


class Account:
    """One service's."""

    def __init__(self):
        self.established = 0
        self.seen = Counter()  # served, refused, unserved, rude
        self.visits = Counter()  # by peer, and bytes where they are certain
        self.ends = Counter()  # the same, of the log's end records
        self.ids = set()
        self.twice = 0
        self.how = Counter()  # exit=0 and the like
        self.said = set()  # ids that have a line of standard error
        self.lost_said = self.refused_said = 0
        self.state = {}


class Ledger:
    def __init__(self, services):
        self.lock = threading.Lock()
        self.of = {name: Account() for name in services}
        self.wrong = []  # what clients complain of
        self.events = Counter()
        self.lost_own = 0  # main's own records
        self.restarted = Counter()  # pids of acceptors, and "logger"
        self.errors = []  # lines of the levels error and warning
        self.nstates = 0

    # ------------------------------------------------------------ the clients

    def arrived(self, service, n=1):
        with self.lock:
            self.of[service].established += n

    def left(self, service, visit, saw, whole):
        account = self.of[service]
        key = visit.peer
        if whole and service in BUILTINS and saw != "refused":
            key += f" {visit.sent} {visit.got}"
        with self.lock:
            account.seen[saw] += 1
            account.visits[key] += 1

    def stormed(self, service, served, unserved, key):
        """As many as that; those that were served were as the key says."""
        account = self.of[service]
        with self.lock:
            account.established += served + unserved
            account.seen["served"] += served
            account.seen["unserved"] += unserved
            account.visits[key] += served

    def complain(self, service, text):
        with self.lock:
            self.wrong.append(f"{service}: {text}")

    # ---------------------------------------------------------------- the log

    def read(self, line):
        words = line.split(" ", 2)
        if len(words) < 2:
            self.errors.append(line)
            return
        event = words[1]
        value = {k: v.strip('"') for k, v in VALUE.findall(line)}
        if event == "end":
            self.read_end(value)
        elif event == "state" and "service" in value:
            self.of[value["service"]].state = {
                k: int(v) for k, v in value.items() if v.isdigit()}
            self.nstates += 1
        elif event == "refused":
            self.of[value["service"]].refused_said += \
                int(value["not_shown"]) + ("peer" in value)
        elif event == "stderr" and value["msg"] == "chatty":
            self.of[value["service"]].said.add(int(value["id"]))
        elif event == "lost" and "service" not in value:
            self.lost_own += int(value["records"])
        elif event == "lost" and "records" in value:
            self.of[value["service"]].lost_said += int(value["records"])
        elif event == "restarted":
            self.restarted[value.get("pid", value.get("process"))] += 1
        elif event in ("reloaded", "stopped"):
            self.events[event] += 1
        elif words[0] not in ("notice", "info"):
            self.errors.append(line)

    def read_end(self, value):
        account = self.of[value["service"]]
        n = int(value["id"])
        if n in account.ids:
            account.twice += 1
            return
        account.ids.add(n)
        peer = value["peer"] if value["proto"] == "tcp" else "unix"
        if "in" in value:
            peer += f" {value['in']} {value['out']}"
        account.ends[peer] += 1
        how = "reason" if "reason" in value else \
            "signal" if "signal" in value else "exit"
        account.how[f"{how}={value[how]}"] += 1

    # ------------------------------------------------------------ the balance

    def balance(self, killed):
        """Every reason why the accounts do not agree.  `killed` counts, for
        each service, its acceptors that were killed."""
        found = [f"a client: {text}" for text in self.wrong[:20]]
        if len(self.wrong) > 20:
            found.append(f"and {len(self.wrong) - 20} more clients")
        for name, account in self.of.items():
            found += [f"{name}: {text}"
                      for text in self.check(name, account, killed[name])]
        if self.lost_own:
            found.append(f"main lost {self.lost_own} of its own records")
        return found

    def check(self, name, a, killed):
        b = a.state
        hand = a.established - b["started"] - b["refused"]
        unlogged = b["ended"] - len(a.ids)  # ends that are not in the log
        mute = 0
        if name in STDERR:  # sessions without their standard error
            mute = b["ended"] - len(a.said)
        if sum(a.seen.values()) != a.established:
            yield f"{a.established} connections, {dict(a.seen)} were seen"
        if hand != a.seen["unserved"]:
            yield (f"{hand} connections in the hands of acceptors, but "
                   f"{a.seen['unserved']} clients unserved")
        if not 0 <= b["accepted"] - b["started"] - b["refused"] <= hand:
            yield "accepted is not started, refused, and in progress"
        if hand > killed:
            yield f"{hand} connections in the hands of {killed} acceptors"
        if b["started"] != b["ended"] or b["sessions"] != 0:
            yield (f"{b['started']} started, {b['ended']} ended, "
                   f"{b['sessions']} left")
        # Main writes again what a killed acceptor has written and not yet marked:
        # either it is there twice, or the pipe is full and it counts as lost.
        again = b["lost"] - mute - unlogged
        if unlogged < 0 or again < 0 or again + a.twice > BATCH * killed:
            yield (f"{b['ended']} ended, {len(a.ids)} end records, "
                   f"{mute} without standard error, {b['lost']} lost, "
                   f"{a.twice} twice, {killed} acceptors killed")
        if a.lost_said != b["lost"]:
            yield f"{b['lost']} lost, the log says {a.lost_said}"
        if not b["refused"] == a.seen["refused"] == a.refused_said:
            yield (f"{b['refused']} refused, {a.seen['refused']} got the message, "
                   f"the log says {a.refused_said}")
        yield from self.check_ends(name, a, unlogged)

    @staticmethod
    def check_ends(name, a, unlogged):
        """Each end record must be that of a client, and have its bytes."""
        for how, n in a.how.items():
            fine = how == "exit=0" or \
                name not in BUILTINS and how == "exit=1" or \
                name not in BUILTINS + STDERR and how == "signal=13"
            if not fine:
                yield f"{n} sessions ended with {how}"
        loose = Counter()  # ends whose bytes no client vouches for
        for key, n in (a.ends - a.visits).items():
            loose[key.split(" ")[0]] += n
        left = a.visits - a.ends
        for key in [key for key in left if " " not in key]:
            n = min(left[key], loose[key])
            left[key] -= n
            loose[key] -= n
        loose = +loose
        if loose:
            yield (f"{loose.total()} end records without a client, such "
                   f"as {loose.most_common(3)}")
        missing = sum(n for key, n in left.items() if " " in key)
        if missing > unlogged:
            yield f"{missing} clients without an end record, {unlogged} unlogged"
