#!/bin/bash
# Failure case 55: in a user namespace, without capabilities, as a user without
# a name, without /proc or /dev/null tined serves, or says in one line why not.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
. "$(dirname "$0")/../lib/failure.sh"
require_root
require socat unshare setpriv mount umount

real=$TINED_FILE
TINED=$tmp/starter

# in_place COMMAND...: tined is started by these from now on.
in_place() {
	{
		echo '#!/bin/sh'
		printf 'exec'
		printf ' %q' "$@"
		printf ' %q "$@"\n' "$real"
	} >"$TINED"
	chmod 755 "$TINED"
}

# serves WHAT [DIRECTIVE]: built-in and program are served, also after a reload.
serves() {
	echo "$1"
	cat >"$tmp/conf" <<-END
	defaults { listen = {"127.0.0.1:0"} ${2:-} }
	service echo { builtin = echo }
	service cat { exec = {"/bin/cat"} }
	END
	start_tined -c "$tmp/conf"
	echoes "$ADDR_echo" "$1"
	same "a program, $1" hi "$(echo hi | ask "$ADDR_cat")"
	sed -i 's/builtin = echo/& per_source = 9/' "$tmp/conf"
	kill -HUP "$PID"
	wait_for_log ' reloaded'
	echoes "$ADDR_echo" "after a reload, $1"
	stop_tined
	! grep -q ' error ' "$LOG" || fail "$1: $(cat "$LOG")"
}

# refuses_in_a_line STATUS PATTERN ARGUMENT...: it does not start, and that line
# is all that it says.
refuses_in_a_line() {
	refuses "$@"
	same "lines" 1 "$(wc -l <"$tmp/refused.err")"
}
one=(-f -l 127.0.0.1:0 -s echo)

# Root of a user namespace that has no other user and denies setgroups(2).
if unshare -r true 2>/dev/null; then
	in_place unshare -r
	if [ -z "$(id -G | tr -d '0 ')" ]; then
		serves "in a user namespace" 'user = root'
	else
		# Root's groups out there are others, and stay.
		refuses_in_a_line 78 'user: root: has other groups' "${one[@]}" \
		    -o user=root
	fi
	refuses_in_a_line 78 'user: .*: is not in this user namespace' "${one[@]}"
	in_place setpriv --groups=1,2 unshare -r
	refuses_in_a_line 78 \
	    'user: root: has other groups, .* denies setgroups\(2\)' "${one[@]}" \
	    -o user=root
fi

# Root without any capability, in no group and in its own.
for groups in --clear-groups --groups=0; do
	in_place setpriv $groups --bounding-set=-all --inh-caps=-all
	serves "without capabilities, $groups" 'user = root group = root'
done
refuses_in_a_line 78 'user: .*: requires CAP_SETUID' "${one[@]}"
refuses_in_a_line 78 'user: 4711: requires CAP_SETUID' "${one[@]}" \
    -o user=4711 -o group=4711

# A user without a name: whom a container's runAsUser names.
in_place setpriv --reuid=54321 --regid=54322 --clear-groups
if "$TINED" -V >/dev/null 2>&1; then
	serves "without a name"
	serves "without a name, by number" 'user = 54321'
	serves "without a name, by numbers" 'user = 54321 group = 54322'
	refuses_in_a_line 78 'user: 54322: needs tined to be root' "${one[@]}" \
	    -o user=54322
	refuses_in_a_line 78 'group: 54321: needs tined to be root' "${one[@]}" \
	    -o group=54321
	same "whom -T names" 'user = "54321"' \
	    "$("$TINED" -T "${one[@]:1}" | sed -n 's/^\tuser/user/p')"
fi

# Without /proc, and without /dev/null.  (Sanitizers need both.)
if [ "$WIDE_SANDBOX" = 0 ] && unshare -m true 2>/dev/null; then
	without() {
		in_place unshare -m --propagation private sh -c \
		    "$1 || exit 99; exec \"\$@\"" sh
	}
	without 'umount -l /proc'
	serves "without /proc"
	without 'mount -t tmpfs none /dev'
	refuses_in_a_line 71 '/dev/null' "${one[@]}"
fi
exit 0
