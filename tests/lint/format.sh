#!/bin/sh
# Goal of this test: every source is formatted as .clang-format says.
. "$(dirname "$0")/../lib/lint.sh"

# Another version formats differently.
for tool in clang-format-14 clang-format; do
	case $($tool --version 2>/dev/null) in
	*'version 14.'*) found=$tool && break ;;
	esac
done
[ -n "${found:-}" ] || skip "clang-format 14 is missing (package clang-format)"

for file in $(sources); do
	"$found" --dry-run -Werror "$file" || complain "$file: not formatted"
done

finish
