#!/bin/bash
# Goal of this test: -t finds nothing wrong with a good configuration, and
# starts nothing.
. "$(dirname "$0")/../lib/behaviour.sh"
require strace

file=$(config <<END
pid_file = "$tmp/pid"
service echo { listen = {"127.0.0.1:0", "unix:$tmp/s"} builtin = echo }
END
)
for option in -t --test; do
	[ "$("$TINED" "$option" -c "$file" 2>"$tmp/err")" = "configuration OK" ] ||
		fail "$option: not OK"
	same "what $option said" "" "$(but_for_the_kernel <"$tmp/err")"
done
[ "$("$TINED" -t -l 127.0.0.1:0 -s echo)" = "configuration OK" ] ||
	fail "-t with a service from the command line"
same "-t with a service from the command line" "configuration OK" \
	"$("$TINED" -t -l 127.0.0.1:0 -s echo)"

# Neither -t nor -T opens a listener, writes a file or starts a program.
for option in -t -T; do
	strace -f -qq -o "$tmp/trace" -e trace=socket,bind,listen,execve \
		"$TINED_FILE" "$option" -c "$file" >/dev/null ||
		skip "strace cannot trace here"
	same "calls of $option" "" "$(grep -Ev 'AF_UNIX|resumed>|[?]{3}|\+\+\+|---' \
		"$tmp/trace" | grep -Fv "execve(\"$TINED_FILE\"")"
	same "what $option left" "" "$(ls -d "$tmp/pid" "$tmp"/s* 2>/dev/null)"
done

# -T wins over -t, whichever comes first.
for options in -tT -Tt; do
	"$TINED" "$options" -c "$file" | grep -q '^service echo {$' ||
		fail "$options did not dump"
done
