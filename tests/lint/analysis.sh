#!/bin/sh
# Goal of this test: each exception of `make analyze` has a reason, there are
# none elsewhere, and their assumptions hold.
. "$(dirname "$0")/../lib/lint.sh"
need python3 python3

complain_all <<END
$(python3 -B tests/analysis/analyze.py --form 2>&1)
END

# One file has all of them.
complain_all <<END
$(grep -rnE --include='*.[ch]' \
	'NOLINT|cppcheck-suppress|__clang_analyzer__|-Wanalyzer' src tests)
END

# Only the client has threads, and the process that looks names up.
complain_all <<END
$(grep -rn --include='*.[ch]' 'pthread_create' src |
	grep -Ev '^src/(tine/|names/answer\.c)')
END

finish
