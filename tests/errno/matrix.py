#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""The errno matrix: system calls of tined's processes fail, one at a time.

matrix.py [--whole] [--only CALL[,PROCESS[,SCENE[,ERRNO]]]] [--out FILE]
          runs matrix.txt, a sample of it or the whole, and prints what came
          of it: a row for each call and errno, three columns for each process.
matrix.py --census     how often each process makes each call in each scene.
matrix.py --manual     compares the table's errnos with the installed manual.

Environment: UNDER (the program of under.c), JOBS (2), BUDGET (seconds, after
which no further ones are begun: what was not run is shown so), and as in behaviour.sh.
"""
import argparse
import ctypes
import gzip
import multiprocessing
import os
import re
import shutil
import signal
import sys
import tempfile
import time
import traceback

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

from daemon import Failure, traced  # noqa: E402
from scenes import Scenes  # noqa: E402
from fixture import Cell  # noqa: E402
from starts import MARKS  # noqa: E402

PROCESSES = ("main", "logger", "acceptor", "session")
PLACES = ("1st", "2nd", "later")
PR_SET_CHILD_SUBREAPER = 36
PIECE = 12  # cells that a worker takes at once


class Table:
    """matrix.txt."""

    def __init__(self, path):
        self.errnos, self.rows, self.exceptions = {}, [], {}
        self.left_out = {}
        with open(path, encoding="utf-8") as f:
            for line in f:
                words = line.split("#")[0].split()
                if words:
                    getattr(self, "read_" + words[0])(*words[1:])

    def read_errnos(self, call, *errnos):
        self.errnos[call] = list(errnos)

    def read_without(self, call, *errnos):
        self.left_out[call] = list(errnos)

    def read_at(self, call, process, scene, when, outcome):
        if process not in PROCESSES or call not in self.errnos:
            raise SystemExit(f"matrix.txt: {call} {process}")
        self.rows.append((call, process, scene,
                          [int(n) for n in when.split(",")], outcome))

    def read_but(self, call, process, scene, outcome, *errnos):
        for errno in errnos:
            self.exceptions[call, process, scene, errno] = outcome

    def cells(self):
        """The whole: each errno at each place of each row."""
        for call, process, scene, whens, outcome in self.rows:
            for when in whens:
                for errno in self.errnos[call]:
                    c = self.cell(call, process, scene, when, outcome, errno)
                    if c.outcome != "none":
                        yield c

    def cell(self, call, process, scene, when, outcome, errno):
        outcome = self.exceptions.get((call, process, scene, errno), outcome)
        return Cell(call, errno, process, scene, when, 
                    min(when, 3) - 1 if when > 0 else 2, outcome)

    def sample(self):
        """Each place of each row with one errno, each errno of each call at
        one place: the same ones whenever the table is the same."""
        for call, errnos in self.errnos.items():
            places = [(row, when) for row in self.rows if row[0] == call
                      for when in row[3]]
            for i in range(max(len(places), len(errnos)) if places else 0):
                row, when = places[i % len(places)]
                c = self.cell(call, row[1], row[2], when, row[4],
                              errnos[i % len(errnos)])
                if c.outcome == "none":
                    c = self.cell(call, row[1], row[2], when, row[4],
                                  errnos[0])
                yield c

    def check_manual(self):
        """Whether a call's errnos are those of its manual page."""
        wrong = 0
        for call, errnos in self.errnos.items():
            call = {"sendto": "send"}.get(call, call)
            path = f"/usr/share/man/man2/{call}.2.gz"
            if not os.path.exists(path):
                print(f"{call}: no manual page is installed")
                continue
            given = set(errnos) | set(self.left_out.get(call, []))
            if (lacking := manual_errnos(path) - given):
                print(f"{call}: the manual has {' '.join(sorted(lacking))}")
                wrong += 1
        return wrong


def manual_errnos(path):
    with gzip.open(path, "rt", encoding="utf-8", errors="replace") as f:
        text = f.read()
    if text.startswith(".so "):
        return manual_errnos(f"/usr/share/man/{text.split()[1]}.gz")
    errors = re.search(r"^\.SH ERRORS$(.*?)^\.SH", text, re.M | re.S)
    names = re.findall(r"^\.(?:B|BR|RB)\s.*", errors.group(1), re.M)
    return set(re.findall(r"\bE[A-Z0-9]{2,}\b", "\n".join(names)))


# --------------------------------------------------------------------- running

def work(number, tasks, results, until):
    """A process that runs cells, and reaps all that they start."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    tmp = tempfile.mkdtemp(prefix=f"tined-errno{number}.")
    os.chmod(tmp, 0o755)
    fixture = None
    try:
        fixture = Scenes(tmp)
        while (piece := tasks.get()) is not None:
            for cell in piece:
                if time.monotonic() > until:
                    break
                results.put((cell, *run_one(fixture, cell)))
        fixture.discard()
    except Exception:
        results.put((None, traceback.format_exc(), 0))
    finally:
        if fixture is not None:
            fixture.kill()
        shutil.rmtree(tmp, ignore_errors=True)
        results.put((None, None, 0))


def run_one(fixture, cell):
    start = time.monotonic()
    try:
        fixture.run(cell)
        why = ""
    except Failure as e:
        why = str(e)
    except Exception:  # a bug of the runner must be seen
        fixture.kill()
        why = traceback.format_exc()
    return why, time.monotonic() - start


def pieces(cells):
    """Cells of one scene together, the scenes with the most first."""
    scenes = {}
    for cell in cells:
        scenes.setdefault(cell.scene, []).append(cell)
    found = []
    for scene in sorted(scenes.values(), key=len, reverse=True):
        found += [scene[i:i + PIECE] for i in range(0, len(scene), PIECE)]
    return found


def run_all(cells, jobs):
    """[(cell, why it failed or "", seconds)]"""
    tasks, results = multiprocessing.Queue(), multiprocessing.Queue()
    for piece in pieces(cells):
        tasks.put(piece)
    workers = []
    until = time.monotonic() + float(os.environ.get("BUDGET", "86400"))
    for number in range(jobs):
        tasks.put(None)
        workers.append(multiprocessing.Process(
            target=work, args=(number, tasks, results, until)))
        workers[-1].start()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    done, working = [], jobs
    try:
        while working:
            cell, why, seconds = results.get()
            if why is None:
                working -= 1
                continue
            done.append((cell, why, seconds))
            if why:
                print(f"FAIL {cell}: {why}\n", flush=True)
    finally:
        for worker in workers:
            if working:
                worker.terminate()
            worker.join()
    return done


# -------------------------------------------------------------------- printing

def print_matrix(table, done, out, whole):
    """`ok` or FAIL, `.` where a sample left it out, blank where the process
    does not make that call so often."""
    verdicts, possible = {}, {}
    for cell in table.cells():
        possible[cell.call, cell.errno, cell.process, cell.place] = "."
    for cell, why, _ in done:
        if cell is None:
            continue
        key = cell.call, cell.errno, cell.process, cell.place
        if why or verdicts.get(key) == "FAIL":
            verdicts[key] = "FAIL"
        else:
            verdicts[key] = "ok"
    what = "the whole" if whole else "a sample; `make check-errno` is the whole"
    print(f"# The errno matrix: {what}\n", file=out)
    heads = [f"{process} {place}" for process in PROCESSES for place in PLACES]
    print("| call | errno |", " | ".join(heads), "|", file=out)
    print("|---" * (len(heads) + 2) + "|", file=out)
    for call, errnos in table.errnos.items():
        for errno in errnos:
            row = []
            for process in PROCESSES:
                for place in range(len(PLACES)):
                    key = call, errno, process, place
                    row.append(verdicts.get(key, possible.get(key, "")))
            print(f"| {call} | {errno} |", " | ".join(row), "|", file=out)
    failed = sum(1 for _, why, _ in done if why)
    cells = list(verdicts.values())
    print(f"\n{len(done)} runs, {failed} of them failed; "
          f"{cells.count('ok')} cells ok, {cells.count('FAIL')} FAIL, "
          f"{len(possible) - len(cells)} not run.", file=out)


# ---------------------------------------------------------------------- census

CENSUS = {
    "main": ("start", "reload", "restart", "relog"),
    "logger": ("relog", "log"),
    "acceptor": ("start", "strict", "serve", "program", "refuse"),
    "session": ("born", "talk", "bulk", "farewell", "exec", "loud",
                "apart"),
}


def census(table):
    """What the table's numbers of calls are taken from."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    tmp = tempfile.mkdtemp(prefix="tined-errno.")
    os.chmod(tmp, 0o755)
    fixture = Scenes(tmp)
    calls = ",".join(call for call in table.errnos if call != "fork")
    try:
        for process, scenes in CENSUS.items():
            for scene in scenes:
                fixture.run(Cell(calls, None, process, scene, 0, 0, "serves"))
                print_census(fixture, process, scene)
        fixture.discard()
    finally:
        fixture.kill()
        shutil.rmtree(tmp, ignore_errors=True)


def print_census(fixture, process, scene):
    lines = traced(fixture.trace, fixture.target)
    if process in MARKS and scene == "start":
        first = [i for i, (_, line) in enumerate(lines)
                 if MARKS[process] in line]
        lines = lines[(first or [0])[0]:]
    cell = Cell("", None, process, scene, 0, 0, "")
    counts = {}
    for pid, line in lines:
        if fixture.is_meant(pid, cell) and re.match(r"\w+\(", line):
            name = line.split("(")[0]
            counts[name] = counts.get(name, 0) + 1
    said = " ".join(f"{name}={n}" for name, n in sorted(counts.items()))
    print(f"{process} {scene}: {said}", flush=True)


def main():
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--whole", action="store_true")
    parser.add_argument("--census", action="store_true")
    parser.add_argument("--manual", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--out", default="")
    args = parser.parse_args()
    table = Table(f"{HERE}/matrix.txt")
    if args.manual:
        return 1 if table.check_manual() else 0
    if args.census:
        return census(table)
    cells = list(table.cells() if args.whole or args.only else table.sample())
    if args.only:
        only = args.only.split(",") + [""] * 4
        cells = [c for c in cells if all(
            not want or want == got for want, got in
            zip(only, (c.call, c.process, c.scene, c.errno)))]
    start = time.monotonic()
    done = run_all(cells, int(os.environ.get("JOBS", "2")))
    print_matrix(table, done, sys.stdout, args.whole)
    if args.out:
        with open(args.out, "w", encoding="utf-8") as out:
            print_matrix(table, done, out, args.whole)
    spent = {}
    for cell, _, seconds in done:
        if cell is not None:
            spent.setdefault(cell.scene, []).append(seconds)
    for scene, all_seconds in spent.items():
        print(f"  {scene}: {len(all_seconds)} runs, {sum(all_seconds):.0f} s")
    print(f"{time.monotonic() - start:.0f} s; the slowest:")
    for cell, _, seconds in sorted(done, key=lambda d: -d[2])[:8]:
        print(f"  {seconds:5.1f} s {cell}")
    return 1 if any(why for _, why, _ in done) or not done else 0


if __name__ == "__main__":
    sys.exit(main())
