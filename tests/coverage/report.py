#!/usr/bin/env python3
"""What is covered, as a table, and whether it is enough.

    report.py SOURCE TRACEFILE NAMED REGIONS

TRACEFILE is lcov's, of files below SOURCE.  NAMED says of which functions
something is not covered, and why; REGIONS is written: every region of lines
that never ran, every line with a branch never taken.  The exit status is 0 if
the targets are met and NAMED is in step.
"""

import sys

LINES = 90.0  # per cent, at least, of each of these
BRANCHES = 75.0
DIRECTORIES = ("src/acceptor", "src/base", "src/service")


class File:
    def __init__(self, name):
        self.name = name
        self.lines = {}  # number: count
        self.functions = {}  # name: first line
        self.branches = {}  # number: [taken, ...]

    def function(self, line):
        """The one that a line belongs to."""
        starts = [(n, f) for f, n in self.functions.items() if n <= line]
        return max(starts)[1] if starts else "-"

    def regions(self):
        """(first, last, function) of lines that never ran, without a line
        that ran between them."""
        found = []
        last = None
        for n in sorted(self.lines):
            if self.lines[n] > 0:
                last = None
                continue
            function = self.function(n)
            if last is not None and last[2] == function:
                last[1] = n
            else:
                last = [n, n, function]
                found.append(last)
        return found

    def sums(self):
        taken = [t for line in self.branches.values() for t in line]
        return [
            sum(1 for c in self.lines.values() if c > 0),
            len(self.lines),
            sum(taken),
            len(taken),
        ]


def read_trace(source, path):
    files = {}
    current = None
    with open(path, encoding="utf-8") as trace:
        for text in trace:
            key, _, value = text.strip().partition(":")
            part = value.split(",")
            if key == "SF":
                name = value.removeprefix(source + "/")
                current = files.setdefault(name, File(name))
            elif key == "FN":
                current.functions[part[1]] = int(part[0])
            elif key == "DA":
                n = int(part[0])
                current.lines[n] = current.lines.get(n, 0) + int(part[1])
            elif key == "BRDA":
                line = current.branches.setdefault(int(part[0]), [])
                line.append(part[3] not in ("-", "0"))
    return [files[name] for name in sorted(files)]


def read_named(path):
    """{(file, function): why}; a line is `file function: why`."""
    named = {}
    with open(path, encoding="utf-8") as lines:
        for text in lines:
            if text.startswith("#") or not text.strip():
                continue
            where, _, why = text.partition(": ")
            file, function = where.split()
            named[file, function] = why.strip()
    return named


def percent(part, whole):
    return 100.0 * part / whole if whole else 100.0


def row(name, sums):
    print(
        "%-32s %6d of %-5d %5.1f %%  %6d of %-5d %5.1f %%"
        % (
            name,
            sums[0],
            sums[1],
            percent(sums[0], sums[1]),
            sums[2],
            sums[3],
            percent(sums[2], sums[3]),
        )
    )


def table(files):
    """Prints it; the sums of each directory."""
    directories = {}
    for file in files:
        top = "/".join(file.name.split("/")[:2])
        directories.setdefault(top, []).append(file)
    total = {}
    print("%-32s %-24s %s" % ("", "lines", "branches"))
    for top, inside in directories.items():
        total[top] = [sum(n) for n in zip(*(f.sums() for f in inside))]
        row(top, total[top])
        for file in inside:
            row("  " + file.name.removeprefix(top + "/"), file.sums())
    return total


def check_targets(total):
    ok = True
    for top in DIRECTORIES:
        sums = total.get(top, [0, 1, 0, 1])
        for what, part, whole, least in (
            ("lines", sums[0], sums[1], LINES),
            ("branches", sums[2], sums[3], BRANCHES),
        ):
            if percent(part, whole) < least:
                ok = False
                print(
                    "%s: %.1f %% of the %s, the target is %.0f %%"
                    % (top, percent(part, whole), what, least)
                )
    return ok


def write_regions(files, path):
    with open(path, "w", encoding="utf-8") as out:
        for file in files:
            for first, last, function in file.regions():
                print(
                    f"{file.name}:{first}-{last} {function}: not run", file=out
                )
            for n in sorted(file.branches):
                taken = file.branches[n]
                if all(taken) or file.lines.get(n, 0) == 0:
                    continue
                print(
                    f"{file.name}:{n} {file.function(n)}: "
                    f"{sum(taken)} of {len(taken)} branches taken",
                    file=out,
                )


def check_named(files, named):
    """Whether every function with lines that never ran is named, and every
    named one is there."""
    ok = True
    there = set()
    found = set()
    for file in files:
        if not file.name.startswith(DIRECTORIES):
            continue
        there.update((file.name, f) for f in file.functions)
        for first, last, function in file.regions():
            found.add((file.name, function))
            if (file.name, function) not in named:
                ok = False
                print(
                    f"{file.name}:{first}-{last}: {function}: not covered, "
                    "and not named in tests/coverage/uncovered"
                )
    for key in sorted(named):
        if key not in there:
            ok = False
            print("named as not covered but not there: %s %s" % key)
        elif key not in found:
            print("named as not covered, covered this time: %s %s" % key)
    return ok


def main():
    source, trace, named, regions = sys.argv[1:]
    files = read_trace(source, trace)
    total = table(files)
    write_regions(files, regions)
    ok = check_targets(total)
    ok = check_named(files, read_named(named)) and ok
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
