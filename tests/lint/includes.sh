#!/bin/sh
# Goal of this test: a room includes only the rooms that it may know, and no
# file includes, however indirectly, one that includes it; file names are unique.
# SRC may name another tree of sources, to see that it can fail.
. "$(dirname "$0")/../lib/lint.sh"
need tsort coreutils
src=${SRC:-src}

# Every folder of src, and which others it may include.  Each of those is in a
# line above, so there is no circle of folders.
rooms='
base
ipc             base
service/http    base
service         base ipc
sandbox         base ipc
acceptor/fork   base ipc service
acceptor        base ipc sandbox acceptor/fork
names           base ipc sandbox
config          base ipc sandbox names
logger          base ipc sandbox config
listen          base config logger names
main            base ipc sandbox names config logger listen
tine            base ipc
tine/bench      base tine
tine/look       base ipc tine
'

# FILE INCLUDED, both below src and without the suffix: x.c and x.h are one.
includes=$(cd "$src" && find . -name '*.[chly]' | LC_ALL=C sort |
	xargs awk '/^[ \t]*#[ \t]*include[ \t]+"/ {
		split($0, part, "\"")
		from = substr(FILENAME, 3)
		sub(/\.[chly]$/, "", from)
		sub(/\.[chly]$/, "", part[2])
		if (part[2] != "config")
			print from, part[2]
	}' | LC_ALL=C sort -u)

complain_all <<END
$({
	printf '%s\n' "$rooms" | sed 's/^/room /'
	printf '%s\n' "$includes"
} | awk -v src="$src" '
	function room_of(file) {
		sub(/\/[^\/]*$/, "", file)
		return file
	}
	$1 == "room" && NF > 1 {
		for (i = 3; i <= NF; i++) {
			if (!($i in known))
				print "room " $2 ": " $i " is not above it"
			may[$2, $i] = 1
		}
		known[$2] = may[$2, $2] = 1
	}
	$1 != "room" {
		if (!(room_of($1) in known))
			print src "/" room_of($1) ": not in the list of rooms"
		else if (!((room_of($1), room_of($2)) in may))
			print src "/" $1 ": may not include " $2 ".h"
	}')
END

# Circles of files.
complain_all <<END
$(printf '%s\n' "$includes" |
	awk '$1 != $2' | tsort 2>&1 >/dev/null |
	sed "s/.*loop:/files that include each other:/; s,^tsort: ,  $src/,")
END

# A name is one module.
complain_all <<END
$(find "$src" -name '*.[cly]' ! -name main.c | sed 's,.*/,,' | LC_ALL=C sort |
	uniq -d | sed 's/$/: several files have this name/')
END

finish
