#!/bin/sh
# Goal of this test: tests/FAILURES.md and the tests that it names are in step:
# each row once, with the test that bears its number and is run.
# FAILURES and MAKEFILE may name other files, to see that it can fail.
. "$(dirname "$0")/../lib/lint.sh"

rows=56		# each of these is there
table=${FAILURES:-tests/FAILURES.md}
[ -r "$table" ] || {
	complain "$table: it is not there"
	finish
}
words=$(awk '{ for (i = 1; i <= NF; i++) print $i }' \
    "${MAKEFILE:-Makefile.am}")

# The rows: number, how many columns, the test's name (as a path below tests/).
found=$(awk -F '|' '/^\| *[0-9]+ *\|/ {
	for (i = 2; i < NF; i++)
		gsub(/^[ `]+|[ `]+$/, "", $i)
	empty = 0
	for (i = 2; i < NF; i++)
		empty += $i == ""
	print $2, NF - 2, empty, $(NF - 1) == "" ? "-" : $(NF - 1)
}' "$table")

row=1
while [ "$row" -le "$rows" ]; do
	n=$(printf '%s\n' "$found" | awk -v row="$row" '$1 == row' | wc -l)
	[ "$n" -eq 1 ] ||
		complain "$table: row $row is there $n times"
	row=$((row + 1))
done

printf '%s\n' "$found" | {
	while read -r row columns empty test; do
		[ -n "$row" ] || continue
		[ "$columns" -eq 4 ] && [ "$empty" -eq 0 ] ||
			echo "$table: row $row has not four columns, filled"
		[ "$row" -ge 1 ] && [ "$row" -le "$rows" ] ||
			echo "$table: there is no row $row"
		number=$(printf %02d "$row")
		case $test in
		behaviour/failure-"$number"-*.sh) ;;
		*) echo "$table: row $row: the test's name is $test" ;;
		esac
		[ -f "tests/$test" ] ||
			echo "$table: row $row: there is no tests/$test"
		printf '%s\n' "$words" | grep -qxF -e "tests/$test" ||
			echo "$table: row $row: tests/$test is not in" \
			    "Makefile.am"
	done
} >"${TMPDIR:-/tmp}/failures.$$"
complain_all <"${TMPDIR:-/tmp}/failures.$$"
rm -f "${TMPDIR:-/tmp}/failures.$$"

for file in tests/behaviour/failure-*.sh; do
	n=$(printf '%s\n' "$found" | awk -v test="${file#tests/}" \
	    '$4 == test' | wc -l)
	[ "$n" -eq 1 ] || complain "$file: $table names it $n times"
done

finish
