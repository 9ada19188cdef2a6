#!/bin/bash
# Goal of this test: common mistakes at the command line are answered with what
# to write instead.
. "$(dirname "$0")/../lib/behaviour.sh"

# Addresses.
refuses 78 '^tined: -l 7007: no host: write localhost:port, or ' \
	-f -l 7007 -s echo
refuses 78 '^tined: -l localhost: no port: write host:port$' \
	-f -l localhost -s echo
refuses 78 '^tined: -l /tmp/x: a Unix socket is written unix:/path$' \
	-f -l /tmp/x -s echo
refuses 78 '^tined: -l unix:x: path is not absolute: write unix:/path or ' \
	-f -l unix:x -s echo
refuses 78 '^tined: -l tcp:localhost:7: TCP needs no prefix: ' \
	-f -l tcp:localhost:7 -s echo

# A directive in two words: the message is about that, not about a program.
refuses 78 '^tined: -o per_source: must be directive=value$' \
	-f -l 127.0.0.1:0 -o per_source 4 -s echo
! grep -q PATH "$tmp/refused.err" ||
	fail "it says more: $(cat "$tmp/refused.err")"

# The program echo, where the built-in service was perhaps meant: both are said.
if type -P echo >/dev/null; then
	status=0
	"$TINED" -t -f -l 127.0.0.1:0 echo >"$tmp/out" 2>"$tmp/err" || status=$?
	same "a program called echo: exit status" 0 "$status"
	same "a program called echo" "tined: warning: echo: runs the program \
$(type -P echo); the built-in service is -s echo" \
		"$(but_for_the_kernel <"$tmp/err")"
	"$TINED" -t -f -l 127.0.0.1:0 "$(type -P echo)" >"$tmp/out" 2>&1
	same "a path" "configuration OK" "$(but_for_the_kernel <"$tmp/out")"
fi

# A pid file that cannot be written: the message says how to do without.
if [ "$(id -u)" -eq 0 ]; then
	mkdir -m 0755 "$tmp/closed"
	status=0
	setpriv --reuid 65534 --regid 65534 --clear-groups \
		"$TINED" -f -l 127.0.0.1:0 -p "$tmp/closed/pid" -s echo \
		2>"$tmp/refused.err" || status=$?
	same "a pid file in a closed directory: exit status" 77 "$status"
	grep -q '^Name a file that user 65534 may write with -p or pid_file, or none with pid_file = none\.$' \
		"$tmp/refused.err" || fail "$(cat "$tmp/refused.err")"
fi

# No configuration, no option: the message names the example and a command.
in_namespaces -n -m
installed=$("$TINED" -V | sed -n 's/^ *config *//p')
directory=$(dirname "$installed")
[ ! -d "$directory" ] || mount -t tmpfs tmpfs "$directory" ||
	skip "cannot hide $directory"
for option in '' -t; do
	# shellcheck disable=SC2086 # none, or one
	refuses 78 '^There is no configuration yet: see /.*/tined\.conf\.example, or try "tined -f"' \
		$option
done
refuses 78 '^/nonexistent:1: No such file or directory$' -f -c /nonexistent
! grep -q 'no configuration yet' "$tmp/refused.err" || fail "a file was named"

# A command of tine that is mistyped.
status=0
"$TINE" png >"$tmp/out" 2>"$tmp/err" || status=$?
same "tine png: exit status" 64 "$status"
grep -q '^tine: png: not a command, and not an address' "$tmp/err" ||
	fail "tine png: $(cat "$tmp/err")"
grep -q '^Commands:.* ping ' "$tmp/err" ||
	fail "tine png: $(cat "$tmp/err")"
