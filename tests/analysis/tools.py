# SPDX-License-Identifier: ISC
"""The analysers: how each is run, and how what it says is read."""

import concurrent.futures
import functools
import glob
import os
import plistlib
import re
import subprocess
import tempfile

# The program and the Debian package of each.
PROGRAMS = {
    "gcc": ("gcc", "gcc"),
    "clang-tidy": ("clang-tidy", "clang-tidy"),
    "cppcheck": ("cppcheck", "cppcheck"),
    "scan-build": ("scan-build", "clang-tools"),
}

TIDY_CHECKS = "-*,bugprone-*,cert-*,concurrency-*"
CPPCHECK_ENABLE = "warning,portability,performance,style"
# Its own tables know the macros of sys/queue.h, but not TAILQ_FOREACH_SAFE.
CPPCHECK_INCLUDE = "/usr/include/bsd/sys/queue.h"

# file:line[:column]: severity: message [check]; gcc may put a [CWE] before.
GNU_LINE = re.compile(
    r"^(?P<path>[^:\s]+):(?P<line>\d+):(?:\d+:)? "
    r"(?P<severity>warning|error|fatal error): (?P<text>.*?)"
    r"(?: \[CWE-\d+\])?(?: \[(?P<checks>[^\]\s]+)\])?$")
FUNCTION = re.compile(r"^(?:START_TEST\()?([a-z_][a-z0-9_]*)[()]")
FUNCTION_ON_ITS_LINE = re.compile(r"^\w.* \**([a-z_][a-z0-9_]*)\([^;]*$")


class Finding:
    def __init__(self, tool, checks, path, line, text):
        self.tool = tool
        self.checks = checks
        self.path = path
        self.line = line
        self.text = text
        self.function = ""

    def __str__(self):
        return "%s:%d: %s: %s [%s %s]" % (
            self.path, self.line, self.function or "-", self.text, self.tool,
            ",".join(self.checks))

    def key(self):
        return (self.path, self.line, self.checks, self.text)


@functools.lru_cache(maxsize=None)
def functions(path):
    """The function that each line of a file of this style belongs to."""
    names, name, body = [""], "", False
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            match = FUNCTION.match(line) or FUNCTION_ON_ITS_LINE.match(line)
            if match and not body:
                name = match.group(1)
            names.append(name)
            if line.startswith("{"):
                body = True
            elif line.startswith("}") or (not body and line.endswith(";\n")):
                name, body = "", False
    return names


class Run:
    """The same sources and flags for all of them."""

    def __init__(self, srcdir, files, jobs, flags):
        self.srcdir = srcdir
        self.files = [os.path.join(srcdir, file) for file in files]
        self.jobs = jobs
        self.flags = flags + ["-D_GNU_SOURCE", "-DCOUNTERS=\"counters\"", "-O2",
                              "-Wall", "-Wextra"]

    def findings(self, tool):
        run = {"gcc": self.gcc, "clang-tidy": self.clang_tidy,
               "cppcheck": self.cppcheck, "scan-build": self.scan_build}
        found = {}
        for finding in run[tool]():
            finding.path = os.path.relpath(os.path.realpath(finding.path),
                                           self.srcdir)
            self.place(finding)
            found[finding.key()] = finding
        return [found[key] for key in sorted(found)]

    def place(self, finding):
        path = os.path.join(self.srcdir, finding.path)
        if os.path.isfile(path):
            names = functions(path)
            finding.function = names[min(finding.line, len(names) - 1)]

    def each(self, tool, command):
        """Runs it for every file; what it says in the GNU way."""
        with concurrent.futures.ThreadPoolExecutor(self.jobs) as pool:
            results = pool.map(lambda file: (file, execute(command(file))),
                               self.files)
            for file, (status, said) in results:
                found = list(gnu_findings(tool, said))
                yield from found
                if status != 0 and not found:
                    yield failure(tool, file, said)

    def gcc(self):
        return self.each("gcc", lambda file: [
            "gcc", *self.flags, "-fanalyzer", "-fno-diagnostics-show-caret",
            "-fdiagnostics-path-format=none", "-c", file, "-o", "/dev/null"])

    def clang_tidy(self):
        return self.each("clang-tidy", lambda file: [
            "clang-tidy", "--quiet", "--checks=" + TIDY_CHECKS,
            "--header-filter=^" + re.escape(self.srcdir) + "/", file, "--",
            *self.flags])

    def cppcheck(self):
        template = "{file}:{line}: warning: {message} [{id}]"
        status, said = execute([
            "cppcheck", "--quiet", "--enable=" + CPPCHECK_ENABLE,
            "--std=c11", "--library=posix,gnu,bsd", "--template=" + template,
            "--template-location=", "--include=" + CPPCHECK_INCLUDE,
            "-DElfW(type)=Elf64_##type",
            *[f for f in self.flags if f[:2] in ("-D", "-I")], *self.files])
        found = list(gnu_findings("cppcheck", said))
        if status != 0 and not found:
            found.append(failure("cppcheck", self.srcdir, said))
        return found

    def scan_build(self):
        """Each file is compiled by what scan-build says is the compiler."""
        with tempfile.TemporaryDirectory() as output:
            status, said = execute([
                "scan-build", "--use-cc=clang", "-plist", "-o", output,
                "sh", "-c", 'printf "%s\\0" "$@" | xargs -0 -P ' +
                str(self.jobs) + ' -I{} "$CC" ' +
                " ".join("'%s'" % flag for flag in self.flags) +
                " -c {} -o /dev/null", "sh", *self.files])
            # Warnings come with the reports.
            broken = [finding for finding in gnu_findings("scan-build", said)
                      if finding.checks == ("error",)]
            if status != 0 and not broken:
                broken.append(failure("scan-build", self.srcdir, said))
            yield from broken
            for crash in glob.glob(output + "/*/failures/*"):
                yield Finding("scan-build", ("failure",), crash, 0,
                              "the analyser failed")
            for report in glob.glob(output + "/*/*.plist"):
                yield from plist_findings(report)


def execute(command):
    environment = dict(os.environ, LC_ALL="C")
    done = subprocess.run(command, env=environment, check=False,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, encoding="utf-8",
                          errors="replace")
    return done.returncode, done.stdout


def failure(tool, path, said):
    return Finding(tool, ("failure",), path, 0,
                   "the tool failed: " + said.strip()[-2000:])


def gnu_findings(tool, said):
    for line in said.splitlines():
        match = GNU_LINE.match(line)
        if match:
            checks = (match["checks"] or
                      match["severity"].removeprefix("fatal ")).split(",")
            yield Finding(tool, tuple(checks), match["path"],
                          int(match["line"]), match["text"])


def plist_findings(path):
    with open(path, "rb") as file:
        report = plistlib.load(file)
    for one in report["diagnostics"]:
        at = one["location"]
        yield Finding("scan-build", (one["check_name"],),
                      report["files"][at["file"]], at["line"],
                      one["description"])
