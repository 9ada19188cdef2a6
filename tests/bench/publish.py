#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Puts a run's ratios between the marks of README.md, and its plot beside it:
publish.py DIRECTORY, the one that `make bench` has written."""

import json
import os
import shutil
import sys

import report

HERE = os.path.dirname(os.path.abspath(__file__))
BEGIN, END = "<!-- results -->\n", "<!-- end of results -->\n"


def targets(parts):
    yield "| part | what | is | target | stretch | |"
    yield "|---|---|---|---|---|---|"
    for part in parts:
        for t in part["targets"]:
            wanted = t["least"] if t["least"] is not None else t["most"]
            sign = "≥" if t["least"] is not None else "≤"
            verdict = ("not measured" if t["met"] is None else
                       "stretch met" if t["stretch_met"] else
                       "met" if t["met"] else "missed")
            stretch = report.number(t["stretch"]) if t["stretch"] else ""
            yield (f"| {part['part']} | {t['what']} | "
                   f"{report.number(t['value'])} | "
                   f"{sign} {report.number(wanted)} | {stretch} | {verdict} |")


def ratios(parts):
    for part in parts:
        if not part["floor"]:
            continue
        better = "more" if part["more_is_better"] else "less"
        yield (f"\n**{part['part']}**, {part['title']} ({better} is better)\n")
        yield "| server | to the floor | to the best peer |"
        yield "|---|---|---|"
        rows = [row for row in part["rows"] if row["median"] is not None]
        rows.sort(key=lambda row: row["median"],
                  reverse=part["more_is_better"])
        for row in rows:
            name = row["name"]
            if row["kind"] == "tined":
                name = f"**{name}**"
            yield (f"| {name} | {report.number(row['ratio_to_floor'])} | "
                   f"{report.number(row['ratio_to_best_peer'])} |")


def main():
    directory = sys.argv[1]
    with open(os.path.join(directory, "bench.json"),
              encoding="utf-8") as file:
        run = json.load(file)
    m = run["machine"]
    lines = [
        f"{m['when']}, Linux {m['kernel']}, {m['processors']} processors "
        f"({m['model']}), {m['memory_mib']} MiB; the load average before the "
        f"start was {m['load']}.\n", *targets(run["parts"]),
        *ratios(run["parts"])]
    path = os.path.join(HERE, "README.md")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    with open(path, "w", encoding="utf-8") as file:
        file.write(before + BEGIN + "\n".join(lines) + "\n" + END + after)
    svg = os.path.join(directory, "rate.svg")
    if os.path.exists(svg):
        shutil.copy(svg, os.path.join(HERE, "rate.svg"))


if __name__ == "__main__":
    main()
