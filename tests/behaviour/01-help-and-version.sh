#!/bin/bash
# Goal of this test: help and version are for standard output, and end with 0.
. "$(dirname "$0")/../lib/behaviour.sh"

# says OPTION PATTERN...: prints all of them, and nothing to standard error.
says() {
	local option=$1 pattern
	shift
	"$TINED" "$option" >"$tmp/out" 2>"$tmp/err" </dev/null ||
		fail "$option: exit status $?"
	[ ! -s "$tmp/err" ] || fail "$option: standard error: $(cat "$tmp/err")"
	for pattern; do
		grep -Eq -- "$pattern" "$tmp/out" ||
			fail "$option: did not print $pattern"
	done
}

says -V "^tined ${PKG_VERSION:-[0-9]+[.][0-9]+[.][0-9]+} \(build [0-9a-f]+\)$" \
	'acceptor +(static-pie|dynamic)' 'seccomp +(yes|no)' \
	'landlock +(yes|no)' 'user +[a-z]' 'config +/.*/tined/tined.conf$'
cp "$tmp/out" "$tmp/version"
says --version
cmp "$tmp/out" "$tmp/version" || fail "-V and --version differ"

# Every option of the manual, and every built-in service.
for option in c config T dump f foreground h help l listen o option p \
	pid-file r ready-fd s service t test V version; do
	[ ${#option} -eq 1 ] && options+=(" -$option, ") ||
		options+=("--$option ")
done
says -h "${options[@]}" '--explain SERVICE,ADDRESS' \
	'^  chargen +RFC 864' '^  daytime +RFC 867' '^  discard +RFC 863' \
	'^  echo +RFC 862' '^  time +RFC 868' '^  whoami ' 'tined\(8\)'
cp "$tmp/out" "$tmp/help"
says --help
cmp "$tmp/out" "$tmp/help" || fail "-h and --help differ"

# The completion of -s is made from that list.
offered=$(
	. "$top_srcdir/completion/tined"
	# shellcheck disable=SC2317 # the completion calls it
	tined() { "$TINED" "$@"; }
	# shellcheck disable=SC2034 # the completion reads them
	COMP_WORDS=(tined -s '') COMP_CWORD=2
	_tined
	echo "${COMPREPLY[*]}"
)
same "the completion of -s" 'chargen daytime discard echo time whoami' \
	"$offered"

# Options before them are parsed, options after them are not.
"$TINED" -f -l nonsense -V --nonsense >/dev/null ||
	fail "-V after others: exit status $?"

# An error of standard output is an error of the command.
file=$(config <<<'service echo { listen = {"127.0.0.1:0"} builtin = echo }')
for option in -h -V -t -T '--explain=echo,127.0.0.1'; do
	status=0
	"$TINED" -c "$file" "$option" >/dev/full 2>"$tmp/err" || status=$?
	same "$option to a full device: exit status" 71 "$status"
	same "$option to a full device" \
		'tined: standard output: No space left on device' \
		"$(but_for_the_kernel <"$tmp/err")"
done
