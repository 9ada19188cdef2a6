#!/bin/sh
# Goal of this test: mandoc has no complaints about the manuals.
. "$(dirname "$0")/../lib/lint.sh"
need mandoc mandoc

for page in man/*.[1-8]; do
	[ -e "$page" ] || continue
	# Our other pages need not be installed.
	complain_all <<-END
	$(mandoc -T lint -W style "$page" |
		grep -v 'referenced manual not found: Xr tine' || :)
	END
done

finish
