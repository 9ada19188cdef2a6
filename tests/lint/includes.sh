#!/bin/sh
# Goal of this test: a layer includes only those that it may know.
. "$(dirname "$0")/../lib/lint.sh"

# may LAYER ALLOWED...: every "x/y.h" in src/LAYER has x among the allowed.
may() {
	layer=$1
	shift
	[ -d "src/$layer" ] || return 0
	allowed=$(echo "$*" | tr ' ' '|')
	complain_all <<-END
	$(grep -rnE --include='*.[ch]' '^[ 	]*#[ 	]*include[ 	]+"' "src/$layer" |
		grep -vE "\"(config\\.h|($allowed)/([a-z0-9_]+/)?[a-z0-9_]+\\.h)\"" || :)
	END
}

may base base
may service service base
may acceptor acceptor service base
may main main base
may client client base

finish
