#!/bin/bash
# Goal of this test: a wrong command line is one clear line and exit status 64.
. "$(dirname "$0")/../lib/behaviour.sh"

# wrong PATTERN ARGUMENT...
wrong() {
	refuses 64 "$@"
	same "lines of tined ${*:2}" 2 "$(wc -l <"$tmp/refused.err")"
	same "the hint" 'Try "tined --help".' "$(tail -n 1 "$tmp/refused.err")"
}

wrong '^tined: -x: unknown option$' -x
wrong '^tined: --bogus: unknown option$' --bogus
wrong '^tined: --foreground: takes no argument$' --foreground=yes
for option in c l o p r s; do
	wrong 'argument is missing$' -f "-$option"
done
wrong '^tined: --explain: its argument is missing$' --explain
wrong 'must be SERVICE,ADDRESS$' --explain echo
wrong 'must be SERVICE,ADDRESS$' --explain ,127.0.0.1
wrong 'must be SERVICE,ADDRESS$' --explain echo,

wrong '^tined: -l: needs a service' -f -l 127.0.0.1:0
wrong '^tined: -l: needs a service' -f -l 127.0.0.1:0 --
wrong '^tined: -s: needs an address' -f -s echo
wrong '^tined: cat: a program needs an address' -f cat
wrong '^tined: -l: needs -f$' -l 127.0.0.1:0 -s echo
wrong '^tined: cat: a program, where -s names' -f -l 127.0.0.1:0 -s echo cat
wrong '^tined: -s: given twice$' -f -l 127.0.0.1:0 -s echo -s discard
wrong '^tined: -c: not together with -l$' -f -c /dev/null -l 127.0.0.1:0 -s echo
wrong '^tined: -o: only together with -l$' -f -o instances=3

wrong '^tined: -r x: ' -f -r x
wrong '^tined: -r -1: ' -f -r -1
wrong '^tined: -r 99999999999999999999: ' -f -r 99999999999999999999
wrong '^tined: -r 77: Bad file descriptor$' -f -r 77 77>&-

# tined-acceptor says that tined(8) starts it, where a user starts it.
status=0
"$TINED_ACCEPTOR" 7>&- 2>"$tmp/err" || status=$?
same "the exit status of tined-acceptor" 64 "$status"
same "what it says" \
    "tined-acceptor: this program is started by tined(8) only" "$(<"$tmp/err")"
same "its version" "$("$TINED" -V | awk '
	NR == 1 { gsub(/[()]/, ""); print "tined-acceptor", $2, $4 }')" \
    "$("$TINED_ACCEPTOR" -V)"
