#!/bin/sh
# Goal of this test: tined.conf(5) describes every directive of the table, and
# no other, with the table's default.
#
# An entry begins `.It Ic NAME No = Ar TYPE` and has one line
# `Default: TEXT.`, where TEXT is none or empty where there is nothing.
. "$(dirname "$0")/../lib/lint.sh"

manual=man/tined.conf.5
list=${abs_top_builddir:-.}/tests/config/check_directive
[ -f "$manual" ] || skip "$manual is missing"
[ -x "$list" ] || skip "$list is not built"

# shellcheck disable=SC2016 # the $ are awk's
written=$(awk '
	/^\.It Ic [a-z_0-9]+ No = / { name = $3 }
	/^Default: .*\.$/ && name != "" {
		text = $0
		sub(/^Default: /, "", text)
		sub(/\.$/, "", text)
		print name, text
		name = ""
	}' "$manual" | LC_ALL=C sort)
table=$("$list" --list | cut -d ' ' -f 2- | LC_ALL=C sort)

complain_all <<END
$(printf '%s\n' "$table" | while read -r line; do
	printf '%s\n' "$written" | grep -qxF -- "$line" ||
		echo "$manual: not there with this default: $line"
done)
$(printf '%s\n' "$written" | while read -r line; do
	printf '%s\n' "$table" | grep -qxF -- "$line" ||
		echo "$manual: not so in the table: $line"
done)
END

finish
