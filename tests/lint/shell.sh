#!/bin/sh
# Goal of this test: shellcheck has nothing to say about the scripts.
. "$(dirname "$0")/../lib/lint.sh"
need shellcheck shellcheck

for script in $(scripts); do
	shellcheck --external-sources --source-path=SCRIPTDIR "$script" ||
		complain "$script"
done

finish
