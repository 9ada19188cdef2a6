#!/bin/sh
# Goal of this test: shellcheck has no complaints about the scripts.
. "$(dirname "$0")/../lib/lint.sh"
need shellcheck shellcheck

for script in $(scripts); do
	shellcheck "$script" ||
		complain "$script"
done

finish
