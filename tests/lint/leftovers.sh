#!/bin/sh
# Goal of this test: nothing unfinished is left in the tree.
. "$(dirname "$0")/../lib/lint.sh"

complain_all <<END
$(grep -rnIE '\b(TO[D]O|FIX[M]E|X[X]X|HA[C]K)\b' src tests/*/*.c tests/*/*.sh \
	man systemd README.md NEWS.md bootstrap .ci/run \
	configure.ac Makefile.am 2>/dev/null)
END
# Blanks at the end of a line.
complain_all <<END
$(grep -rnE '[ 	]+$' --include='*.[ch]' --include='*.sh' src tests \
	README.md NEWS.md bootstrap .ci/run configure.ac Makefile.am)
END

finish
