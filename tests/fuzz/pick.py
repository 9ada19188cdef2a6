#!/usr/bin/env python3
"""Copies what a fuzzer has found into the seeds: the inputs that reach code
which the seeds do not, the most rewarding first, small ones, a bounded number.

    tests/fuzz/pick.py BUILDDIR NAME...

It needs afl-showmap and the targets that `make fuzz` has built for AFL++.
"""

import hashlib
import os
import pathlib
import subprocess
import sys
import tempfile

SEEDS_MAX = 40
SIZE_MAX = 4095

SEEDS = pathlib.Path(__file__).resolve().parent / "seeds"


def edges(builddir, name, directory):
    """The edges that each file of the directory reaches, by its name."""
    with tempfile.TemporaryDirectory() as out:
        subprocess.run(
            ["afl-showmap", "-q", "-e", "-m", "none", "-t", "5000",
             "-i", str(directory), "-o", out, "--",
             f"{builddir}/fuzz/afl/fuzz_{name}"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env=dict(os.environ, AFL_QUIET="1"), check=False)
        return {path.name: frozenset(path.read_text().split())
                for path in pathlib.Path(out).iterdir() if path.is_file()}


def pick(builddir, name):
    seeds = SEEDS / name
    corpus = pathlib.Path(builddir) / "fuzz" / "corpus" / name
    reached = frozenset().union(*edges(builddir, name, seeds).values())
    before = len(reached)
    room = SEEDS_MAX - len(list(seeds.iterdir()))
    found = {file: new for file, new in edges(builddir, name, corpus).items()
             if (corpus / file).stat().st_size <= SIZE_MAX}
    copied = 0
    while found and copied < room:
        best = max(sorted(found), key=lambda file: (
            len(found[file] - reached), -(corpus / file).stat().st_size))
        if not found[best] - reached:
            break
        reached |= found.pop(best)
        data = (corpus / best).read_bytes()
        (seeds / ("found-" + hashlib.sha1(data).hexdigest()[:12])).write_bytes(
            data)
        copied += 1
    print(f"{name}: {copied} copied, {before} -> {len(reached)} edges")


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    for name in sys.argv[2:]:
        pick(os.path.abspath(sys.argv[1]), name)


main()
