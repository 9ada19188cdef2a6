# SPDX-License-Identifier: ISC
"""make analyze: what four static analysers say about the sources.

Every finding is an error unless an entry of tests/analysis/exceptions, which
says why, covers it; so is an entry that covers nothing.  A tool that cannot
be run, or cannot read a file, has found something, too.
"""

import argparse
import os
import shutil
import subprocess
import sys

import exceptions
import tools


def find_sources(srcdir):
    found = []
    for top in ("src", "tests"):
        for directory, _, names in os.walk(os.path.join(srcdir, top)):
            found += [os.path.relpath(os.path.join(directory, name), srcdir)
                      for name in names if name.endswith(".c")]
    return sorted(found)


def version(program):
    said = subprocess.run([program, "--version"], capture_output=True,
                          text=True, check=False).stdout
    lines = [line.strip() for line in said.splitlines() if "ersion" in line]
    return (lines or said.splitlines() or ["?"])[0]


def need(names):
    """Ends where a tool is missing: what it would find is not known."""
    for name in names:
        program, package = tools.PROGRAMS[name]
        if shutil.which(program) is None:
            sys.exit("analyze: %s is missing (package %s)" % (program, package))
        if name != "scan-build":
            print("%-10s  %s" % (name, version(program)))


def options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--srcdir", default=".")
    parser.add_argument("--jobs", type=int,
                        default=len(os.sched_getaffinity(0)))
    parser.add_argument("--form", action="store_true",
                        help="only check the form of the exceptions")
    parser.add_argument("--tools", default=" ".join(tools.PROGRAMS),
                        help="those to run (all)")
    parser.add_argument("--files", default="",
                        help="those to read (all of src and tests); "
                        "what covers nothing is no error then")
    parser.add_argument("flags", nargs="*", help="as the compiler gets them")
    return parser.parse_args()


def judge(name, findings, entries):
    """Prints what no exception covers; how many they were."""
    left = [f for f in findings
            if not any([entry.covers(f) for entry in entries])]
    for finding in left:
        print(finding)
    print("%-10s  %d findings, %d of them excepted"
          % (name, len(findings), len(findings) - len(left)), flush=True)
    return len(left)


def main():
    args = options()
    srcdir = os.path.realpath(args.srcdir)
    entries, wrong = exceptions.read(srcdir)
    for line in wrong:
        print(line)
    if args.form or wrong:
        return 1 if wrong else 0
    names = args.tools.split()
    for name in names:
        if name not in tools.PROGRAMS:
            sys.exit("analyze: no such tool: " + name)
    need(names)
    files = args.files.split() or find_sources(srcdir)
    run = tools.Run(srcdir, files, args.jobs, args.flags)
    left = 0
    for name in names:
        left += judge(name, run.findings(name), entries)
    idle = [] if args.files else \
        [e for e in entries if e.tool in names and not e.used]
    for entry in idle:
        print("%s: covers nothing" % entry)
    print("%d files, %d findings, %d idle exceptions"
          % (len(files), left, len(idle)))
    return 1 if left or idle else 0


if __name__ == "__main__":
    sys.exit(main())
