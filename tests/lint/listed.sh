#!/bin/sh
# Goal of this test: every test in the tree is run.
. "$(dirname "$0")/../lib/lint.sh"

words=$(awk '{ for (i = 1; i <= NF; i++) print $i }' Makefile.am)

# listed NAME FILE: Makefile.am has the name as a word.
listed() {
	printf '%s\n' "$words" | grep -qxF -e "$1" ||
		complain "$2: not in Makefile.am"
}

for file in tests/behaviour/*.sh tests/lint/*.sh; do
	listed "$file" "$file"
done
for file in $(find tests -name 'check_*.c' | LC_ALL=C sort); do
	listed "${file%.c}" "$file"
done
for file in tests/fuzz/fuzz_*.c; do
	listed "${file%.c}" "$file"
done

finish
