# shellcheck shell=bash
# For tests of programs as services, that have sourced behaviour.sh.

# The user that services run as where the configuration does not say.
SERVING_USER=$("$TINED" -f -T -l 127.0.0.1:0 -s echo |
    sed -n 's/^[[:blank:]]*user = "\(.*\)"$/\1/p')
[ -n "$SERVING_USER" ] || fail "tined -T does not say who serves"

# served_by PATH...: gives files of the test to that user.
served_by() {
	[ "$(id -un)" = "$SERVING_USER" ] || chown -R "$SERVING_USER" "$@" ||
		exit 99
}

# program NAME: writes standard input to an executable file; prints its path.
program() {
	cat >"$tmp/$1" && chmod 0755 "$tmp/$1" || exit 99
	echo "$tmp/$1"
}

# storm_program: has $tmp/storm, which leaves processes behind (storm.c).
storm_program() {
	local storm=$top_builddir/tests/behaviour/storm
	[ -x "$storm" ] || skip "$storm is missing: make check builds it"
	install -m 0755 "$storm" "$tmp/storm"
}
