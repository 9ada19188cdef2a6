# SPDX-License-Identifier: ISC
"""Results: rows of a part, medians, ratios, targets; as text and as JSON."""

import json
import os
import statistics
import subprocess


class Row:
    """What was measured of one server (or in one state of it)."""

    def __init__(self, name, kind, setup=""):
        self.name = name
        self.kind = kind  # tined, floor, peer or other
        self.setup = setup
        self.values = []
        self.errors = {}

    def add(self, value, errors=""):
        self.values.append(value)
        if errors:
            self.errors[errors] = self.errors.get(errors, 0) + 1

    def median(self):
        return statistics.median(self.values) if self.values else None


class Part:
    """One part of the benchmark.  `more` says whether more is better; `floor`
    names the row that the others are compared with."""

    def __init__(self, name, title, unit, floor=None, more=True):
        self.name = name
        self.title = title
        self.unit = unit
        self.floor = floor
        self.more = more
        self.load = ""
        self.rows = []
        self.targets = []
        self.notes = []
        self.seconds = 0

    def row(self, name, kind, setup=""):
        row = Row(name, kind, setup)
        self.rows.append(row)
        return row

    def median(self, name):
        for row in self.rows:
            if row.name == name:
                return row.median()
        return None

    def best_peer(self):
        peers = [row for row in self.rows
                 if row.kind == "peer" and row.values]
        if not peers:
            return None
        return (max if self.more else min)(peers, key=Row.median)

    def ratio(self, name, other):
        """The median of one row by that of another."""
        a, b = self.median(name), self.median(other)
        return a / b if a is not None and b else None

    def target(self, what, value, least=None, most=None, stretch=None):
        """A value, None if it could not be had, and what it should be."""
        met = reached = None
        if value is not None:
            met = ((least is None or value >= least) and
                   (most is None or value <= most))
            if stretch is not None:
                reached = (value >= stretch if least is not None
                           else value <= stretch)
        self.targets.append({
            "what": what, "value": value, "least": least, "most": most,
            "stretch": stretch, "met": met, "stretch_met": reached})

    def against_floor(self, name, least, stretch=None):
        self.target(f"{name} / {self.floor}", self.ratio(name, self.floor),
                    least=least, stretch=stretch)

    def against_peers(self, name, least):
        best = self.best_peer()
        self.target(f"{name} / best peer" + (f", {best.name}" if best else ""),
                    self.ratio(name, best.name) if best else None,
                    least=least)


# ------------------------------------------------------------------- text


def number(value):
    if value is None:
        return "-"
    if value != 0 and abs(value) < 100:
        return f"{value:.2f}"
    return f"{value:,.0f}"


def verdict(target):
    if target["value"] is None:
        return "not measured"
    wanted = []
    if target["least"] is not None:
        wanted.append(f"at least {number(target['least'])}")
    if target["most"] is not None:
        wanted.append(f"at most {number(target['most'])}")
    text = "met" if target["met"] else "MISSED"
    if target["stretch_met"]:
        text = "stretch met"
    if target["stretch"] is not None:
        wanted.append(f"stretch {number(target['stretch'])}")
    return f"{text} ({', '.join(wanted)})"


def order(part):
    """The rows, the best first; rows without a value last."""
    return sorted(part.rows, key=lambda row: (
        row.median() is None,
        (row.median() or 0) * (-1 if part.more else 1)))


def table(part):
    best = part.best_peer()
    lines = [f"{'':34}{part.unit:>14}{'floor':>8}{'peer':>8}"
             f"{'lowest':>12}{'highest':>12}"]
    for row in order(part):
        ratios = [part.ratio(row.name, part.floor) if part.floor else None,
                  part.ratio(row.name, best.name) if best else None]
        low = min(row.values) if row.values else None
        high = max(row.values) if row.values else None
        mark = {"tined": "*", "floor": "_", "peer": " "}.get(row.kind, " ")
        lines.append(
            f"{mark} {row.name:32}{number(row.median()):>14}"
            + "".join(f"{number(ratio):>8}" for ratio in ratios)
            + f"{number(low):>12}{number(high):>12}")
        for errors, times in row.errors.items():
            lines.append(f"    {times} times: {errors}")
    return lines


def text(part):
    lines = [f"--- {part.name}: {part.title} ({part.seconds:.0f} s)"]
    if part.load:
        lines.append(f"load: {part.load}")
    lines += ["", *table(part), ""]
    for target in part.targets:
        lines.append(f"{target['what']}: {number(target['value'])}, "
                     f"{verdict(target)}")
    lines += [f"note: {note}" for note in part.notes]
    if any(row.setup for row in part.rows):
        lines += ["", "run as:"]
        lines += [f"  {row.name}: {row.setup}" for row in part.rows
                  if row.setup]
    return "\n".join(lines) + "\n"


def heading(machine):
    return (f"{machine['when']}, Linux {machine['kernel']}, "
            f"{machine['processors']} processors ({machine['model']}), "
            f"{machine['memory_mib']} MiB, load {machine['load']} "
            "before the start\n"
            "Medians; floor, peer: the ratio to the floor (_) and to the best "
            "peer; * is tined\n")


def summary(parts):
    lines = ["--- targets", ""]
    for part in parts:
        for target in part.targets:
            lines.append(f"{part.name + ': ' + target['what']:62}"
                         f"{number(target['value']):>9}  {verdict(target)}")
    return "\n".join(lines) + "\n"


# ------------------------------------------------------------------- JSON


def as_dict(part):
    best = part.best_peer()
    return {
        "part": part.name, "title": part.title, "unit": part.unit,
        "load": part.load, "more_is_better": part.more,
        "floor": part.floor, "best_peer": best.name if best else None,
        "rows": [{
            "name": row.name, "kind": row.kind, "setup": row.setup,
            "median": row.median(), "values": row.values,
            "ratio_to_floor": (part.ratio(row.name, part.floor)
                               if part.floor else None),
            "ratio_to_best_peer": (part.ratio(row.name, best.name)
                                   if best else None),
            "errors": row.errors} for row in part.rows],
        "targets": part.targets, "notes": part.notes}


def write(directory, machine, parts):
    os.makedirs(directory, exist_ok=True)
    with open(os.path.join(directory, "bench.json"), "w",
              encoding="utf-8") as file:
        json.dump({"machine": machine, "parts": list(map(as_dict, parts))},
                  file, indent=1)
        file.write("\n")
    with open(os.path.join(directory, "bench.txt"), "w",
              encoding="utf-8") as file:
        file.write("\n".join([heading(machine), *map(text, parts),
                              summary(parts)]))


def plot(directory, script, parts):
    """rate.svg, of the parts that count connections a second."""
    data = os.path.join(directory, "rate.dat")
    wanted = [part for part in parts
              if part.name in ("rate", "exec", "execstatic")]
    if not wanted:
        return None
    position = 0
    with open(data, "w", encoding="utf-8") as file:
        for part in wanted:
            file.write(f"{position}\t0\ttitle\t{part.title}\n")
            position += 1
            for row in order(part):
                if row.values:
                    file.write(f"{position}\t{row.median():.0f}\t{row.kind}"
                               f"\t{row.name}\n")
                    position += 1
            position += 1
    svg = os.path.join(directory, "rate.svg")
    try:
        subprocess.run(["gnuplot", "-e",
                        f"data='{data}'; output='{svg}'; n={position}",
                        script], check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return svg
