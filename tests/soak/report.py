# SPDX-License-Identifier: ISC
"""What the soak prints, and what it compares: memory, descriptors, the log."""
import os
import subprocess

# KiB that a process may have allocated in addition.  Main's heap is broken up
# by the configurations that come and go, and reaches its size in the first
# hundreds of reloads.  The logger is forked from it.
GROWTH = {"main": 512, "logger": 512}
GROWTH_OF_ACCEPTORS = 96
LONG = 1200  # seconds: then main must have reached it in the first half,
GROWTH_OF_LATE = 128  # but for this

COLUMNS = (
    ("connections", lambda a: a.established),
    ("accepted", lambda a: a.state.get("accepted", 0)),
    ("started", lambda a: a.state.get("started", 0)),
    ("ended", lambda a: a.state.get("ended", 0)),
    ("logged", lambda a: len(a.ids)),
    ("lost", lambda a: a.state.get("lost", 0)),
    ("refused", lambda a: a.state.get("refused", 0)),
    ("told", lambda a: a.seen["refused"]),
    ("unserved", lambda a: a.seen["unserved"]),
    ("duplicates", lambda a: a.twice),
)


def lines(soak, seconds):
    yield f"after {seconds:.0f} s, seed {soak.args.seed}"
    yield f"{'':10}" + "".join(f"{name:>12}" for name, _ in COLUMNS)
    for name, account in soak.ledger.of.items():
        yield f"{name:10}" + "".join(f"{value(account):12}"
                                     for _, value in COLUMNS)
    yield "events: " + ", ".join(f"{n} {what}" for what, n in
                                 sorted(soak.events.done.items()))
    if soak.ledger.wrong:
        yield f"{len(soak.ledger.wrong)} clients complain"


def table(soak, seconds):
    print("\n".join(lines(soak, seconds)) + "\n", flush=True)


def last(soak):
    text = list(lines(soak, soak.args.seconds))
    for name, when in (("before", soak.before), ("after", soak.after)):
        for who, now in (when or {}).items():
            text.append(f"{name:6} {who:8} " + ", ".join(
                f"{key} {now.get(key, '-')}{unit}" for key, unit in (
                    ("allocated", " KiB"), ("anonymous", " KiB"), ("pss", " KiB"),
                    ("processes", ""))) +
                f", descriptors {len(now.get('fds', ()))}")
    text.append(f"halfway main allocated {soak.halfway} KiB")
    text += [f"failed: {reason}" for reason in soak.reasons]
    text.append("FAILED" if soak.reasons else "all is accounted for")
    with open(os.path.join(soak.args.out, "summary"), "w",
              encoding="utf-8") as f:
        f.write("\n".join(text) + "\n")
    print("\n".join(text), flush=True)


def is_wide(builddir):
    """A build for the sanitizers and their like: memory says nothing."""
    try:
        with open(os.path.join(builddir, "config.h"), encoding="utf-8") as f:
            return "#define WIDE_SANDBOX 1\n" in f
    except OSError:
        return False


def compare(soak):
    before, after = soak.before, soak.after
    wide = is_wide(soak.args.builddir)
    for who, then in before.items():
        now = after[who]
        if now["processes"] != then["processes"]:
            yield f"{who}: {now['processes']} processes, " \
                f"not {then['processes']}"
        elif now["fds"] != then["fds"]:
            yield f"{who}: descriptors {now['fds']}, not {then['fds']}"
        elif not wide and now["allocated"] > then["allocated"] + GROWTH.get(
                who, GROWTH_OF_ACCEPTORS):
            yield f"{who}: {now['allocated']} KiB, not {then['allocated']}"
    late = after["main"]["allocated"] - soak.halfway
    if not wide and soak.args.seconds >= LONG and late > GROWTH_OF_LATE:
        yield f"main: {late} KiB more than halfway"


def kernel_lacks(builddir):
    """Whether there is something that acceptors say they must do without."""
    without = os.path.join(builddir, "tests/lib/without")
    try:
        return subprocess.run([without], stdout=subprocess.PIPE,
                              check=True).stdout.strip() != b""
    except (OSError, subprocess.CalledProcessError):
        return False


def check_log(soak):
    """What it says of errors must be what was done to it, and no more."""
    events, ledger = soak.events, soak.ledger
    lacks = kernel_lacks(soak.args.builddir)
    for line in ledger.errors:
        if lacks and line.startswith("warning sandbox service="):
            continue
        if not (line.startswith("error error msg=") and (
                soak.daemon.conf + ":" in line or
                '"the new configuration has errors"' in line or
                "reload refused" in line)):
            yield f"in the log: {line}"
    counts = (("reloaded", ledger.events["reloaded"], events.good),
              ("reload refused", events.refusals(), events.bad),
              ("restarted process=logger", ledger.restarted["logger"],
               events.done["loggers killed"]))
    for what, said, done in counts:
        if said != done:
            yield f"{what}: {said} times in the log, not {done}"
    for pid, n in ledger.restarted.items():
        if pid != "logger" and n > events.killed_pids[pid]:
            yield f"acceptor {pid} was restarted, and not killed"
    for pid, n in events.killed_serving.items():
        if n > ledger.restarted[pid]:
            yield f"acceptor {pid} was killed, and not restarted"
