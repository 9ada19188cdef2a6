#!/bin/sh
# Goal of this test: the files and functions that CONTRIBUTING.md names exist,
# and its glossary has at most 25 lines.
# PAGE may name another page, to see that it can fail.
. "$(dirname "$0")/../lib/lint.sh"
page=${PAGE:-CONTRIBUTING.md}

# `acceptor/loop.c:loop_run`, below src.
complain_all <<END
$(grep -oE '`[a-z_/]+\.[ch]:[a-z_0-9]+`' "$page" | tr -d '`' |
	LC_ALL=C sort -u | while IFS=: read -r file function; do
	grep -qE "^$function\(" "src/$file" ||
		echo "$page: no $function in src/$file"
done 2>&1)
END

complain_all <<END
$(grep -oE '`(src|tests|man|\.ci)/[a-z_0-9./]+`' "$page" | tr -d '`' |
	LC_ALL=C sort -u | while read -r path; do
	[ -e "$path" ] || echo "$page: no $path"
done)
END

# Names of types.
complain_all <<END
$(grep -oE '`(struct|enum) [a-z_]+`' "$page" | tr -d '`' |
	LC_ALL=C sort -u | while read -r type; do
	grep -rqE "^$type \{" src || echo "$page: no $type"
done)
END

lines=$(sed -n '/^## Glossary/,$p' "$page" | grep -c '^|')
[ "$lines" -le 25 ] || complain "$page: $lines lines in the glossary"

finish
