# shellcheck shell=sh
# What the lint tests share: they read the sources, wherever the build is.

cd "${abs_top_srcdir:-$(dirname "$0")/../..}" || exit 99
failures=0

skip() {
	echo "skipped: $*"
	exit 77
}

# need TOOL PACKAGE: the test is skipped where the tool is missing.
need() {
	command -v "$1" >/dev/null 2>&1 || skip "$1 is missing (package $2)"
}

# complain PLACE...: one finding a line; the test goes on.
complain() {
	printf '%s\n' "$*"
	failures=$((failures + 1))
}

# Reads findings from standard input, one a line; empty lines are none.
complain_all() {
	while IFS= read -r finding; do
		[ -z "$finding" ] || complain "$finding"
	done
}

sources() {
	find src tests -name '*.[ch]' | LC_ALL=C sort
}

scripts() {
	{
		find bootstrap .ci tests -type f
		find systemd completions -type f 2>/dev/null
	} | LC_ALL=C sort | while IFS= read -r file; do
		case $(head -n 1 "$file" | tr -d '\000') in
		'#!'*sh | '#!'*'sh '* | '# shellcheck shell='*)
			printf '%s\n' "$file"
			;;
		esac
	done
}

# The verdict; the last line of every lint test.
finish() {
	[ "$failures" -eq 0 ] && exit 0
	echo "$failures found"
	exit 1
}
