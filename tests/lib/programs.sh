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

# wait_for_ends N PATTERN [SECONDS]: so many end records of that pattern, and
# no more.
wait_for_ends() {
	wait_until "${3:-30}" ends_are "$1" "$2" ||
		fail "not $1 but $(count_log "^info end .*$2") ends of: $2"
}

ends_are() {
	[ "$(count_log "^info end .*$2")" -eq "$1" ]
}

# end_of PATTERN KEY: the value in the last end record of that pattern.
end_of() {
	in_log -h "^info end .*$1" | tail -n 1 |
	    sed -n "s/.* $2=\([^ ]*\).*/\1/p"
}

# between WHAT LEAST GOT MOST
between() {
	if [ "$3" -lt "$2" ] || [ "$3" -gt "$4" ]; then
		fail "$1: $3 is not between $2 and $4"
	fi
}
