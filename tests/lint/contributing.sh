#!/bin/sh
# Goal of this test: the files and functions that CONTRIBUTING.md names exist,
# and its glossary has at most 25 lines.
# PAGE may name another page, to see that it can fail.
. "$(dirname "$0")/../lib/lint.sh"
page=${PAGE:-CONTRIBUTING.md}

# `acceptor/loop.c:loop_run` and `ipc/slot.h:refusal` are a function and a type,
# in files below src.
complain_all <<END
$(grep -oE '`[a-z_/]+\.[ch]:[a-z_0-9]+`' "$page" | tr -d '`' |
	LC_ALL=C sort -u | while IFS=: read -r file name; do
	grep -qE "^(struct |enum )?$name( \{|\()" "src/$file" ||
		echo "$page: no $name in src/$file"
done 2>&1)
END

complain_all <<END
$(grep -oE '`(src|tests|man|\.ci)/[a-z_0-9./]+`' "$page" | tr -d '`' |
	LC_ALL=C sort -u | while read -r path; do
	[ -e "$path" ] || echo "$page: no $path"
done)
END

lines=$(sed -n '/^## Glossary/,$p' "$page" | grep -c '^|')
[ "$lines" -le 25 ] || complain "$page: $lines lines in the glossary"

finish
