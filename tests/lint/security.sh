#!/bin/sh
# Goal of this test: every promise of SECURITY.md has its number and names
# tests, which are there and are run; so are the sources that it names.
. "$(dirname "$0")/../lib/lint.sh"

words=$(awk '{ for (i = 1; i <= NF; i++) print $i }' Makefile.am)

complain_all <<FOUND
$(awk -F '|' '
	/^## / { promises = /^## What is promised/ }
	promises && $2 ~ /^ *[0-9]+ *$/ {
		n++
		if ($2 + 0 != n)
			print "SECURITY.md:" FNR ": not number " n
		if ($4 !~ /`tests\//)
			print "SECURITY.md:" FNR ": names no test"
	}
	END { if (n == 0) print "SECURITY.md: no promise" }' SECURITY.md)
FOUND

# Paths of the tree between backquotes.
for path in $(grep -oE '`(src|tests|systemd|man)/[^`]*`' SECURITY.md |
	tr -d '`' | LC_ALL=C sort -u); do
	[ -e "$path" ] || complain "SECURITY.md: no $path"
	case $path in
	tests/*)
		printf '%s\n' "$words" | grep -qxF -e "${path%.c}" ||
			complain "SECURITY.md: $path is not run"
		;;
	esac
done

finish
