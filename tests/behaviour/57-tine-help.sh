#!/bin/bash
# Goal of this test: help, manual and completion of tine know the same options
# as the program, and completion offers commands, options and services.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/client.sh"

MANUAL=$top_srcdir/man/tine.1

# The options that a help text names, one a line: -c, --count.
options_in_help() {
	"$TINE" "$1" --help | sed -n 's/^ \{2,6\}\(-.*\)$/\1/p' |
		grep -Eo -- '^(-[A-Za-z0-9], )?--[a-z0-9-]+' | tr -d , | tr ' ' '\n'
}

for command in connect ping bench reload stop end explain forgive pause resume status list show refused top; do
	run "$TINE" "$command" --help
	expect "$command --help" 0
	cp "$tmp/out" "$tmp/help.$command"
	says out "^usage: tine"
	awk 'length($0) > 79 { exit 1 }' "$tmp/out" || fail "$command: too wide"
	for same_help in "$command -h" "help $command"; do
		# shellcheck disable=SC2086 # words
		run "$TINE" $same_help
		cmp -s "$tmp/out" "$tmp/help.$command" ||
			fail "'tine $same_help' prints something else"
	done
	options_in_help "$command" >"$tmp/options.$command"
	least=12
	case $command in
	status | show | resume | explain) least=4 ;;
	pause | forgive) least=5 ;;
	end) least=11 ;;
	top) least=3 ;;
	reload | stop | list | refused) least=6 ;;
	esac
	[ "$(wc -l <"$tmp/options.$command")" -ge "$least" ] ||
		fail "$command: few options in the help"
	# the program knows each, and the manual describes it
	while read -r option; do
		case $option in
		--help | --version | -h | -V) continue ;;
		esac
		# Without an address that is wrong usage; these need none, and
		# are not to find a tined of this machine's.
		case $command in
		reload | stop | end | explain | forgive | pause | resume | status | list | show | refused | top) set -- nothing more here ;;
		*) set -- ;;
		esac
		run "$TINE" "$command" "$option" "$@"
		expect "$command $option" 64
		grep -q 'is unknown' "$tmp/err" && fail "$command: no $option"
		case $option in
		--*) grep -Eq -- "^\\.It Fl .*-${option#--}( |\$)" "$MANUAL" ;;
		*) grep -Eq -- "^\\.It Fl ${option#-}( |\$)" "$MANUAL" ;;
		esac || fail "$command: $option is not in the manual"
	done <"$tmp/options.$command"
done

# The program has all options of the manual.
sed -n 's/^\.It Fl [A-Za-z0-9] , -\([a-z0-9-]*\).*/--\1/p;
	s/^\.It Fl -\([a-z0-9-]*\).*/--\1/p' "$MANUAL" | while read -r option; do
	cat "$tmp"/options.* | grep -Fxq -- "$option" || [ "$option" = --version ] ||
		fail "$option of the manual is in no help"
done || exit 1

run "$TINE" --help
expect "--help" 0
for command in connect ping bench reload stop status list show refused top; do
	says out "^  $command "
done
run "$TINE" --version
says out "^tine \\(tined\\) ${PKG_VERSION:-}"
run "$TINE" help nonsense
expect "help for nothing" 1
run "$TINE"
expect "no address" 64
says err "^Try 'tine connect --help'\\.\$"
"$TINE" --help >/dev/full 2>"$tmp/err" && fail "--help to a full device"

# The examples of the manual are valid: they fail at connecting at most.
sed -n 's/^\.Dl \$ tine //p' "$MANUAL" >"$tmp/examples"
[ "$(wc -l <"$tmp/examples")" -ge 6 ] || fail "few examples"
while read -r example; do
	example=$(echo "$example" | sed -e 's/\\e/\\/g' \
		-e 's/localhost:[0-9]*/unix:@no-such/' -e 's/example.org:http/unix:@no-such/' \
		-e 's/-H [0-9]*/-H 2/' -e "s| < file.*||" \
		-e "s|latency.hgrm|$tmp/latency|" -e 's/-d [0-9]*/-d 100ms/' \
		-e 's/^bench /bench -N 5 /' -e 's/^ping /ping -c 1 /')
	status=0
	eval "'$TINE' $example" >"$tmp/out" 2>"$tmp/err" </dev/null || status=$?
	same "tine $example" 1 "$status"
done <"$tmp/examples"

# Completion, as bash asks for it.
PATH=$top_builddir:$PATH
. "$top_srcdir/completion/tine"
. "$top_srcdir/completion/tined"
complete_line() {
	COMP_LINE=$1
	COMP_POINT=${#1}
	read -ra COMP_WORDS <<<"$1"
	[ "${1% }" = "$1" ] || COMP_WORDS+=("")
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	"_${COMP_WORDS[0]}" 2>/dev/null
	printf '%s\n' "${COMPREPLY[@]}"
}
offers() {
	complete_line "$1" | grep -Fxq -- "$2" ||
		fail "'$1': no $2 in $(complete_line "$1" | tr '\n' ' ')"
}
for command in connect ping bench reload stop status list show refused top; do
	while read -r option; do
		offers "tine $command -" "$option"
	done <"$tmp/options.$command"
done
offers_not() {
	if complete_line "$1" | grep -Fxq -- "$2"; then
		fail "'$1': $2"
	fi
}
offers "tine p" ping
offers "tine " bench
offers "tine -" -N
offers "tine --r" --request
offers "tine ping -" --quiet
offers "tine bench --h" --hgrm
offers "tine bench -e " half
offers "tine help " bench
offers "tine r" reload
offers "tine help s" stop
offers "tine reload -" --socket
offers "tine stop --n" --no-wait
offers_not "tine reload -" --no-wait
offers_not "tine stop " unix:
offers_not "tine ping -" -H
offers_not "tine bench -c " bench
offers "tine bench u" unix:
offers "tined -" --explain
offers "tined -f -l localhost:7 -s e" echo
while read -r name; do
	offers "tined -s " "$name"
done < <(sed -n 's/^	X(\([a-z]*\),.*/\1/p' "$top_srcdir/src/ipc/builtin.h")

# The services of a configuration, and the addresses that they listen on.
[ -x "$TINED" ] || exit 0
conf=$(config <<-'END'
	service first {
	    listen  = {"127.0.0.1:7101", "unix:/run/x.sock"}
	    builtin = echo
	}
	service second {
	    listen  = {"*:7102"}
	    builtin = whoami
	}
END
)
cp "$(command -v tined)" "$tmp/" 2>/dev/null
offers "tined -c $conf --explain f" "first,"
offers "tined -c $conf -o per_s" "per_source="
tined() {
	[ "$*" != "-T" ] || set -- -T -c "$conf"
	"$TINED" "$@"
}
offers "tine 127" "127.0.0.1:7101"
offers "tine ping localh" "localhost:"
offers "tine ping localhost:" "7102"
offers "tine bench unix:" "/run/x.sock"
exit 0
