#!/bin/bash
# Goal of this test: no failing system call makes tined hang, lose records, or
# end a process that should go on.  A sample of the errno matrix,
# the same one every time; `make check-errno` runs the whole.
. "$(dirname "$0")/../lib/behaviour.sh"
require python3 strace
require_root
require_sandbox
# A call that the kernel lacks fails at once: no later one can be injected.
require_kernel landlock
require_kernel seccomp

[ "$TINED" = "$TINED_FILE" ] || skip "a tined that strace can start, not a script"
strace -f -o /dev/null -e trace=none "$TINED" -V >/dev/null 2>&1 ||
	skip "no ptrace"
UNDER=$top_builddir/tests/errno/under
export UNDER
# Some 40 s on two idle processors; what is not done within the budget is left
# out.
BUDGET=200 TMPDIR=$tmp abs_top_builddir=$top_builddir \
	python3 -B "$top_srcdir/tests/errno/matrix.py" "$@"
