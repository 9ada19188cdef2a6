#!/bin/bash
# Goal of this test: the unit is not more exposed than it says, and its syntax
# is valid.
. "$(dirname "$0")/../lib/behaviour.sh"
require systemd-analyze

unit=$top_builddir/systemd/tined.service
dropin=$top_srcdir/systemd/tined-programs.conf
[ -f "$unit" ] || skip "no unit was built"

# exposure FILE: its level as systemd-analyze prints it.
exposure() {
	systemd-analyze security --no-pager --offline=true "$1" |
		sed -n 's/.*Overall exposure level for [^:]*: \([0-9.]*\).*/\1/p'
}

# at_most WHAT LIMIT LEVEL
at_most() {
	echo "$1: $3"
	awk -v limit="$2" -v level="$3" \
		'BEGIN { exit !(level != "" && level <= limit) }' ||
		fail "$1: exposure $3 is above $2"
}

systemd-analyze security --offline=true >/dev/null 2>&1 --no-pager "$unit" ||
	skip "this systemd-analyze knows no --offline"

at_most "tined.service" 2.2 "$(exposure "$unit")"

# A drop-in is read as if it were at the end of the unit.
mkdir "$tmp/with" && cat "$unit" "$dropin" >"$tmp/with/tined.service"
stated=$(sed -n 's/.*security. with it: \([0-9.]*\).*/\1/p' "$dropin")
[ -n "$stated" ] || fail "the drop-in states no score"
at_most "with tined-programs.conf" "$stated" \
	"$(exposure "$tmp/with/tined.service")"

users=$top_srcdir/systemd/tined-users.conf
mkdir "$tmp/both" && cat "$unit" "$dropin" "$users" >"$tmp/both/tined.service"
stated=$(sed -n 's/.*security. with both: \([0-9.]*\).*/\1/p' "$users")
[ -n "$stated" ] || fail "the second drop-in states no score"
at_most "with both" "$stated" "$(exposure "$tmp/both/tined.service")"

# Unknown settings are errors; that tined is not installed is not.
for file in "$unit" "$tmp/with/tined.service" "$tmp/both/tined.service" "$top_srcdir/systemd/tined.socket"
do
	case $file in
	*.socket) cp "$file" "$tmp/" && file=$tmp/${file##*/} &&
		cp "$unit" "$tmp/" ;;
	esac
	# shellcheck disable=SC2069 # only errors are of interest
	systemd-analyze verify --man=no "$file" 2>&1 >/dev/null |
		grep -E "${file##*/}:[0-9]+:|Unknown|Failed to parse" &&
		fail "${file##*/}: the above"
done
exit 0
