#!/bin/bash
# Goal of this test: tine top shows services and sessions on a terminal of any size,
# with or without colours; its keys filter, sort, freeze and move a cursor that
# stays with its session; it goes on while main is stopped, finds the services of a
# reload and a tined that was started anew, and leaves the terminal as it was.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/client.sh"
require tmux socat
locale -a 2>/dev/null | grep -qix 'c.utf-\{0,1\}8' || skip "no locale C.UTF-8"
unset TMUX NO_COLOR

control=$tmp/control
conf=$tmp/conf
write_conf() {
	cat >"$conf" <<-END
	control_socket = "$control"
	drain_timeout = 1s
	defaults { instances = 3000 per_source = 3000 }
	service echo { listen = {"127.0.0.1:0", "unix:$tmp/echo"} builtin = echo }
	service few {
		listen = {"127.0.0.1:0"}
		builtin = echo
		instances = 1
	}
	$1
	END
}
write_conf ""
start_tined -c "$conf"

# --------------------------------------------------------------- the terminal

# Each has a server of its own: the one before may still be on its way out.
SCREEN=0
terminal() {
	tmux -S "$tmp/screen$SCREEN" "$@"
}
close_terminal() {
	terminal kill-server 2>/dev/null
}
finally close_terminal

# open COLUMNS ROWS [ENVIRONMENT]: a terminal on which top runs; STATUS=n follows.
open() {
	close_terminal
	SCREEN=$((SCREEN + 1))
	terminal -f /dev/null new-session -d -x "$1" -y "$2" \
	    "LC_ALL=C.UTF-8; export LC_ALL ${3:-}; echo before; stty -a >$tmp/tty; '$TINE' top --socket '$control'; echo STATUS=\$?; stty -a >$tmp/tty.after; exec sleep 600" ||
		fail "no tmux"
	record "$(terminal display-message -p '#{pid}')"
}
shown() {
	terminal capture-pane -p "$@"
}
shows() {
	shown | grep -Eq -- "$1"
}
see() {
	wait_until 15 shows "$1" || {
		shown >&2
		fail "not on the screen: $1"
	}
}
lacks() {
	! shows "$1"
}
must_go() {
	wait_until 15 lacks "$1" || {
		shown >&2
		fail "on the screen: $1"
	}
}
press() {
	terminal send-keys "$@"
}
# write TEXT: its characters, none of which is the name of a key.
write() {
	terminal send-keys -l "$1"
}
# reversed, coloured: what the screen has besides text.
reversed() {
	shown -e | grep -Eq "$(printf '\033\\[([0-9;]*;)?7(;[0-9;]*)?m')"
}
coloured() {
	shown -e | grep -Eq "$(printf '\033\\[([0-9;]*;)?3[1-7](;[0-9;]*)?m')"
}
quit() {
	press q
	see '^STATUS=0$'
	wait_until 10 test -s "$tmp/tty.after" || fail "no state of the terminal"
	cmp -s "$tmp/tty" "$tmp/tty.after" || fail "the terminal is not as it was"
	rm -f "$tmp/tty.after"
}
# leave: the same where the terminal has another screen for such programs.
leave() {
	quit
	see '^before$'
	must_go 'SERVICE'
}

# hold ADDRESS: a session that stays until its client, $HELD, is killed; to write
# to it is to write to $WRITER.
hold() {
	local fifo
	fifo=$(mktemp -u "$tmp/hold.XXXXXX")
	mkfifo "$fifo"
	socat - "$(socat_address "$1")" <"$fifo" >/dev/null 2>&1 &
	HELD=$!
	record "$HELD"
	exec {WRITER}>"$fifo"
}

# ------------------------------------------------------------- no terminal

run "$TINE" top --socket "$control"
expect "top into a file" 1
says err 'needs a terminal as standard output'
run "$TINE" top --socket "$control" more
expect "an operand" 64

# ------------------------------------------------- 80x24: it shows what happens

open 80 24
see '^tined [0-9.]+  pid '"$PID"' .* reload ok$'
see '^SERVICE +STATE +SESSIONS .*p99$'
see '^echo +serving +0/3000 '
see '^  ID +PEER +AGE +IN +OUT +PID +STATE$'
see '^0 sessions, by age  \? help  q quit$'
wait_until 10 reversed || fail "no reversed titles"
coloured && fail "colours without an alarm"
hold "$ADDR_echo"
first=$HELD first_writer=$WRITER
see '^  echo/1 +127\.0\.0\.1:[0-9]+ +[0-9]+ s +0 +0 +[0-9]+  running$'
echo 12345 >&"$first_writer"
see '^  echo/1 .* 6 +6 +[0-9]+  running$'
see '^1 sessions, by age'
hold "unix:$tmp/echo"
second=$HELD
echo a longer line >&"$WRITER"
see "^  echo/2 +uid:$(id -u),gid:[0-9]+,pid:$second +.* 14 +14 "
hold "$ADDR_few"
see '^few +! serving +1/1 '
see '^! few: full, 0\.0/s refused: tine list -s few$'
wait_until 10 coloured || fail "no colours"
see '^3 sessions, by age'

# filter: by service, by peer, by nothing; what is edited is seen.
press /
write fewx
see '^filter: fewx_$'
see '^filter: fewx_$'
must_go '^  echo/'
must_go '^  few/'
press BSpace
see '^  few/1 '
press Enter
see '^1 of 3 sessions with few, by age'
press /
press Escape
see '^3 sessions, by age'
press /
write "pid:$second"
see '^  echo/2 '
must_go '^  (echo/1|few/1) '
press Enter
press /
press Escape
see '^  echo/1 '

# sort: the order changes, and the cursor stays with its session.
order() {
	shown | sed -n 's/^[> ] \([a-z]*\/[0-9]*\) .*/\1/p' | paste -s -d ' ' -
}
ordered() {
	# shellcheck disable=SC2053 # a pattern
	[[ $(order) == $1 ]]
}
comes() {
	wait_until 10 ordered "$1" || fail "order $(order) and not $1"
}
comes 'echo/1 echo/2 few/1'
press x
press s
see ' by in '
lacks '^>' || fail "a cursor that nothing has moved"
for _ in out peer age; do
	press s
done
see ' by age '
press Down
see '^> echo/1 '
press s
see ' by in '
comes 'echo/2 echo/1 few/1'
see '^> echo/1 '
press Up
see '^> echo/2 '
press s
see ' by out '
press s
see ' by peer '
comes 'echo/2 *'	# Unix sockets are first, and the other ports are any
see '^> echo/2 '
press s
see ' by age '
# When its session ends it takes the one in its place.
kill "$second"
see '^> few/1 '
must_go ' echo/2 '
press Escape
must_go '^>'

# freeze
press Space
see '^FROZEN  2 sessions, by age'
kill "$first"
hold "$ADDR_echo"
echo 1234567890 >&"$WRITER"
wait_until 10 "$TINE" list --socket "$control" echo/3 >/dev/null ||
	fail "no third session"
see '^  echo/1 '
press /
write echo
see '^filter: echo_$'
press Enter
see '^FROZEN  1 of 2 sessions with echo'
press /
press Escape
press Space
see '^  echo/3 .* 11 +11 '
must_go '^  echo/1 |FROZEN'

# help
press '?'
see '^space +freeze'
see '^q +quit$'
press x
see '^SERVICE'

press C-l
see '^  echo/3 '

# resize
terminal resize-window -x 120 -y 40
see '^tined .* reload ok$'
terminal resize-window -x 30 -y 6
see '^tined [0-9.]+  pid'
see '^2 sessions, by age'
for size in "1 1" "2 2" "10 3" "200 2" "20 4"; do
	# shellcheck disable=SC2086 # two words
	set -- $size
	terminal resize-window -x "$1" -y "$2"
	press Down
	press l
done
terminal resize-window -x 80 -y 24
see '^> echo/3 '
see '^2 sessions, by age'

# -------------------------------------------------------------- main is stopped

kill -STOP "$PID"
hold "$ADDR_echo"
see '^  echo/4 '
must_go 'does not'
kill -CONT "$PID"

# A reload: the new service is there with its counts, and nothing is said.
write_conf "service later { listen = {\"unix:$tmp/later\"} builtin = echo }"
kill -HUP "$PID"
see '^later +serving +0/3000 '
hold "unix:$tmp/later"
see '^  later/1 +uid:'
must_go 'cannot be read'

# Where main is asked while it is stopped, this is said until it answers.
leave
kill -STOP "$PID"
open 80 24
if sees "$PID"; then
	see '^! main does not answer'
	see '^  echo/4 '
	kill -CONT "$PID"
	must_go 'does not answer'
	see '^  echo/4 '
else
	see '^STATUS=69$'
	kill -CONT "$PID"
	open 80 24
	see '^  echo/4 '
fi

# --------------------------------------------------------------- how it ends

leave
open 80 24
see '^SERVICE'
press C-c
see '^STATUS=0$'

# tined ends, and another one is started.
open 80 24
see '^later '
stop_tined
see '^! tined has ended: '
write_conf ""
start_tined -c "$conf"
see "^tined [0-9.]+  pid $PID "
must_go 'has ended|^later'
see '^0 sessions, by age'
leave

# ----------------------------------------------------- terminals of other kinds

hold "$ADDR_few"
for kind in NO_COLOR=1 TERM=vt100 TERM=vt220 TERM=xterm-mono; do
	infocmp "${kind#TERM=}" >/dev/null 2>&1 || [ "$kind" = NO_COLOR=1 ] ||
		continue
	open 80 24 "$kind"
	see '^few +! serving +1/1 '
	see '^  few/1 '
	press Down
	see '^> few/1 '
	coloured && fail "$kind: colours"
	reversed || fail "$kind: nothing is reversed"
	quit
done
open 80 24 TERM=dumb
see 'cannot move its cursor'
see '^STATUS=1$'
open 80 24 TERM=no-such-terminal
see 'unknown type of terminal'
see '^STATUS=1$'

# --------------------------------------------------------------- many sessions

"$TINE" bench -c 0 -H 1500 -d 120 "unix:$tmp/echo" >/dev/null 2>"$tmp/bench" &
load=$!
record "$load"
open 80 24
see '^1501 sessions, by age'
press PageDown
press End
see '^> echo/1500 '
press Home
see '^> few/1 '
press PageDown
see '^> echo/'
kill "$load"
see '^1 sessions, by age'
see '^> few/1 '
leave
stop_tined
exit 0
