#!/bin/sh
# Goal of this test: functions stay short.  60 lines are the aim, and what is
# above is listed; above 80 the test fails.
. "$(dirname "$0")/../lib/lint.sh"

# `^name(` begins a function in this style, `^{` its body, `^}` ends it.
lengths=$(sources | xargs awk '
	FNR == 1 { name = ""; start = 0 }
	/^[a-z_][a-z0-9_]*\(/ { name = $0; sub(/\(.*/, "", name) }
	/^\{/ && name != "" { start = FNR }
	/^\}/ && start {
		print FNR - start - 1, FILENAME ":" start ": " name
		name = ""; start = 0
	}')

echo "$lengths" | sort -rn | awk '$1 > 60'
complain_all <<END
$(echo "$lengths" | awk '$1 > 80 { print $2 " " $3 ": " $1 " lines" }')
END

finish
