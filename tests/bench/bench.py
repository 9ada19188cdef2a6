#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Measures tined, the floors that the kernel sets, and every peer that is
installed.  See README.md beside it; `make bench` runs it."""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import cost
import loads
import machine
import memory
import rates
import report
import servers

PARTS = {
    "rate": rates.rate,
    "records": rates.records,
    "exec": rates.exec_cat,
    "execstatic": rates.exec_static,
    "bulk": rates.bulk,
    "requests": rates.requests,
    "idle": memory.idle,
    "held": memory.held,
    "loaded": rates.loaded,
    "refuse": rates.refuse,
    "sandbox": rates.sandbox,
    "burst": rates.burst,
    "leak": memory.leak,
    "syscalls": cost.syscalls,
    "faults": cost.faults,
}


def arguments():
    p = argparse.ArgumentParser(prog="bench", description=__doc__)
    p.add_argument("part", nargs="*", metavar="part",
                   help="one or more of: " + " ".join(PARTS))
    p.add_argument("--builddir", default=".", help="where tined was built")
    p.add_argument("--out", help="where the results go (BUILDDIR/bench)")
    p.add_argument("--rounds", type=int, default=5)
    p.add_argument("--seconds", type=float, default=0.8,
                   help="of each measurement of a rate")
    p.add_argument("--quick", action="store_true",
                   help="to try the benchmark itself: the figures are worthless")
    p.set_defaults(idle=20000, idle_memory=4000, held=(30000, 60000),
                   leak=1000000, traced=1000)
    args = p.parse_args()
    for part in args.part:
        if part not in PARTS:
            p.error(f"no part {part}: one of {' '.join(PARTS)}")
    if args.quick:
        args.rounds, args.seconds = 2, 0.3
        args.idle, args.idle_memory, args.held = 1000, 2000, (1000,)
        args.leak, args.traced = 20000, 100
    args.builddir = os.path.abspath(args.builddir)
    args.out = os.path.abspath(args.out or
                               os.path.join(args.builddir, "bench"))
    return args


def own_network():
    """Runs the whole again in a network name space of its own, where every
    port is free and nobody else's traffic passes."""
    if os.environ.get("BENCH_ALONE") or not machine.is_root() or \
            shutil.which("unshare") is None:
        return
    if subprocess.run(["unshare", "-n", "true"], check=False,
                      stderr=subprocess.DEVNULL).returncode != 0:
        return
    os.environ["BENCH_ALONE"] = "1"
    os.execvp("unshare", [
        "unshare", "-n", "sh", "-c", 'ip link set lo up && exec "$@"', "sh",
        sys.executable, *sys.argv])


def adopt_orphans():
    """What detaches itself becomes our child, so that it can be reaped."""
    import ctypes
    PR_SET_CHILD_SUBREAPER = 36
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def end_orphans():
    """Whatever is left was started by us, or by what we had started."""
    for pid in machine.children(os.getpid()):
        try:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        except OSError:
            pass


def run_part(name, args):
    print(f"... {name}", end="", file=sys.stderr, flush=True)
    began = time.monotonic()
    part = PARTS[name](args)
    part.seconds = time.monotonic() - began
    print(f", {part.seconds:.0f} s", file=sys.stderr)
    print(report.text(part), flush=True)
    return part


def main():
    args = arguments()
    own_network()
    adopt_orphans()
    # A signal ends what was started, as the end of the program does.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    servers.alone = bool(os.environ.get("BENCH_ALONE"))
    servers.builddir = args.builddir
    loads.TINE = loads.find_tine(args.builddir)
    machine.raise_open_files(200000)
    described = machine.describe()
    print(report.heading(described))
    parts = []
    failed = False
    # Not below /tmp, which the strict sandbox replaces; the user that tined
    # serves as must be able to enter it.
    with tempfile.TemporaryDirectory(prefix="bench.", dir="/var/tmp") as tmp:
        os.chmod(tmp, 0o755)
        servers.tmp = tmp
        try:
            for name in args.part or PARTS:
                try:
                    parts.append(run_part(name, args))
                except (loads.Failed, subprocess.TimeoutExpired) as failure:
                    print(f"\n{name} failed: {failure}", file=sys.stderr)
                    failed = True
                end_orphans()  # zombies, too, would slow the next part
        except KeyboardInterrupt:
            print("interrupted", file=sys.stderr)
        finally:
            end_orphans()
    print(report.summary(parts))
    report.write(args.out, described, parts)
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                          "plot.gp")
    svg = report.plot(args.out, script, parts)
    print(f"written: {args.out}/bench.txt, bench.json"
          + (", rate.svg" if svg else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
