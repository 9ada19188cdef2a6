#!/bin/bash
# Goal of this test: what tine shows on a terminal: lines that change while it
# works, colours, pictures as wide as the screen; and none of it where NO_COLOR,
# TERM=dumb or the locale forbid it.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/client.sh"
require tmux

TMUX_TMPDIR=$tmp
export TMUX_TMPDIR
unset TMUX NO_COLOR
finally 'tmux -L "screen$SCREEN" kill-server 2>/dev/null'
locale -a 2>/dev/null | grep -qix 'c.utf-\{0,1\}8' || skip "no locale C.UTF-8"

# screen COMMAND: starts it on a terminal of 100 columns; STATUS=n follows it.
# Each has a server of its own: the one before may still be on its way out.
SCREEN=0
screen() {
	tmux -L "screen$SCREEN" kill-server 2>/dev/null
	SCREEN=$((SCREEN + 1))
	tmux -L "screen$SCREEN" -f /dev/null new-session -d -x 100 -y 50 \
		"LC_ALL=C.UTF-8; export LC_ALL; $1; echo STATUS=\$?; exec sleep 60" ||
		fail "no tmux"
}
shown() {
	tmux -L "screen$SCREEN" capture-pane -p "$@" || fail "no screen"
}
shows() {
	shown -J | grep -Eq -- "$1"
}
see() {
	wait_until 15 shows "$1" || {
		shown >&2
		fail "not on the screen: $1"
	}
}
must_not() {
	if shows "$1"; then
		shown >&2
		fail "on the screen: $1"
	fi
}
# colors: whether what is on the screen is coloured.
colors() {
	shown -e | grep -q "$(printf '\033\\[3[0-9]')"
}

peer echo

# bench: the line while it works, which the result then replaces.
screen "'$TINE' bench -d 2 $PEER"
see '^\[#*\.*\] +[0-9]+% +[0-9,]+/s +0 errors +[0-2] s left$'
see 'STATUS=0'
must_not 's left'
see '^request( +[0-9.]+ [um]?s){5}$'
see '│█+'
colors || fail "no colours"
widest=$(shown | LC_ALL=C.UTF-8 wc -L)
if [ "$widest" -gt 100 ] || [ "$widest" -lt 60 ]; then
	fail "width $widest"
fi

screen "'$TINE' bench -N 200 $PEER"
see 'STATUS=0'
screen "NO_COLOR=1 '$TINE' bench -d 2 $PEER"
see '^\[#*\.*\] .* s left$'
see 'STATUS=0'
colors && fail "colours in spite of NO_COLOR"

screen "TERM=dumb '$TINE' bench -d 700ms $PEER; echo"
see 'STATUS=0'
must_not 's left'
colors && fail "colours on a dumb terminal"

screen "LC_ALL=C '$TINE' bench -N 500 $PEER"
see 'STATUS=0'
see '\|#+'
must_not '│|█'

# No progress line and no colours if the output is not a terminal.
TERM=xterm LC_ALL=C.UTF-8 run "$TINE" bench -d 400ms "$PEER"
same "standard error" "" "$(cat "$tmp/err")"
grep -q "$(printf '\033')" "$tmp/out" && fail "escapes in a file"
TERM=xterm run "$TINE" ping -q -c 3 -i 0 "$PEER"
grep -q "$(printf '[\033\r]')" "$tmp/out" && fail "escapes in a file"
says out '^3 sent'

# ping: a line a reply; with -q one that changes.
screen "'$TINE' ping -c 3 -i 10ms $PEER"
see '^64 bytes from .*: seq=3 time='
see 'STATUS=0'
screen "'$TINE' ping -q -d 2 -i 10ms $PEER"
see '^[0-9]+ sent, [0-9]+ answered, 0 corrupt, 0 lost, avg [0-9.]+ ms, max'
see 'STATUS=0'
must_not ', avg '
see '^[0-9]+ sent, .* lost \('
screen "TERM=dumb '$TINE' ping -q -d 700ms -i 10ms $PEER"
see 'STATUS=0'
must_not ', avg [0-9.]+ ms'

end_peer
screen "'$TINE' ping -c 1 $PEER"
see 'STATUS=1'
colors || fail "a loss has no colour"
screen "NO_COLOR=1 '$TINE' ping -c 1 $PEER"
see '^lost from .*: seq=1 connect: Connection refused$'
see 'STATUS=1'
colors && fail "a loss has a colour in spite of NO_COLOR"

# ^C on the terminal: the summary, and no trace of the line.
peer echo
screen "'$TINE' bench -d 60 $PEER"
see ' [1-9][0-9,]*/s .* s left$'
tmux -L "screen$SCREEN" send-keys C-c
see 'STATUS=0'
see '^requests +[0-9,]+ '
must_not 's left'
exit 0
