# SPDX-License-Identifier: ISC
"""The file of exceptions: which findings are none, and why."""

import fnmatch
import glob
import os
import re

import tools

PATH = "tests/analysis/exceptions"


class Entry:
    def __init__(self, number, tool, check, where):
        self.number = number
        self.tool = tool
        self.check = check
        self.where = where
        self.path, _, self.function = where.partition(":")
        self.reason = ""
        self.used = False

    def __str__(self):
        return "%s:%d: %s %s %s" % (PATH, self.number, self.tool, self.check,
                                    self.where)

    def covers(self, finding):
        """Whether it does; then it is used."""
        if (self.tool != finding.tool or self.check not in finding.checks or
                not fnmatch.fnmatchcase(finding.path, self.path) or
                self.function not in ("", finding.function)):
            return False
        self.used = True
        return True

    def complaint(self, srcdir):
        """What is wrong with it, or nothing."""
        if self.tool not in tools.PROGRAMS:
            return "no such tool"
        if not self.reason:
            return "no reason"
        if self.path == "*":
            return "a function in every file" if self.function else ""
        files = [f for f in glob.glob(os.path.join(srcdir, self.path))
                 if os.path.isfile(f)]
        if not files and not self.path.endswith("/*"):
            return "no such file"
        if self.function and not any(has(f, self.function) for f in files):
            return "no such function"
        return ""


def has(path, name):
    with open(path, encoding="utf-8") as file:
        return re.search(r"\b%s\(|\(%s\)" % (name, name), file.read())


def read(srcdir):
    """The entries, and a line for each mistake."""
    entries, wrong = [], []
    with open(os.path.join(srcdir, PATH), encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if line.startswith("#") or not line.strip():
                continue
            if line.startswith("\t") and entries:
                entries[-1].reason += line
            elif len(line.split()) == 3 and not line[0].isspace():
                entries.append(Entry(number, *line.split()))
            else:
                wrong.append("%s:%d: not `tool check where'" % (PATH, number))
    seen = set()
    for entry in entries:
        key = (entry.tool, entry.check, entry.where)
        why = "twice" if key in seen else entry.complaint(srcdir)
        seen.add(key)
        if why:
            wrong.append("%s: %s" % (entry, why))
    return entries, wrong
