#!/bin/bash
# Goal of this test: every option does what the manual says, in its short and
# long form.
. "$(dirname "$0")/../lib/behaviour.sh"
require socat

# -o: a global directive, one of the service, a list, and one that is added to.
start_tined -l 127.0.0.1:0 -l "unix:$tmp/s" -s echo -o log_format=json \
	-o instances=7 -o 'no_access={"192.0.2.0/24"}' \
	-o 'no_access+={"198.51.100.0/24"}' -o socket_mode=0600
same "echo over TCP" hello "$(echo hello | ask "$ADDR_echo")"
same "echo over the second address" hello "$(echo hello | ask "unix:$tmp/s")"
wait_for_log '"event":"end"'
same "socket_mode" 600 "$(stat -c %a "$tmp/s")"
kill -USR1 "$PID"
wait_for_log '"instances":7'
stop_tined

# The same in long form, joined and apart; a pid file.
mkfifo "$tmp/long"
cat "$tmp/long" >"$tmp/long.ready" &
reader=$!
"$TINED" --foreground --listen=127.0.0.1:0 --service whoami \
	--option log_level=warning --pid-file "$tmp/pid" --ready-fd=9 \
	9>"$tmp/long" 2>"$tmp/long.log" </dev/null &
long=$!
record "$long"
wait "$reader"
read -r name address <"$tmp/long.ready"
same "the service's name" whoami "$name"
same "the pid file" "$long" "$(cat "$tmp/pid")"
ask "$address" </dev/null | grep -q '^service: whoami$' || fail "no whoami"
kill -TERM "$long"
wait_exit "$long" || fail "exit status $?"
same "log above its level" "" "$(but_for_the_kernel <"$tmp/long.log")"

# What follows the program is its own, with and without --; a program without
# a slash is looked for in PATH; the service is called after it.
for ended in '' --; do
	start_tined -l 127.0.0.1:0 ${ended:+"$ended"} printf '%s,%s,%s' -f -t --
	same "the program's arguments" -f,-t,-- "$(ask "$ADDR_printf" </dev/null)"
	stop_tined
done
printf '#!/bin/sh\necho mine\n' >"$tmp/-mine"
chmod 755 "$tmp/-mine"
PATH=$tmp:$PATH start_tined -l 127.0.0.1:0 -- -mine
same "a program whose name is like an option" mine \
	"$(ask "$ADDR__mine" </dev/null)"
stop_tined

# -p overrides the file's pid_file; with -p `none` is a file's name.
file=$(config <<-END
	pid_file = "$tmp/theirs"
	service echo { listen = {"127.0.0.1:0"} builtin = echo }
END
)
start_tined -c "$file" -p "$tmp/ours"
same "-p" "$PID" "$(cat "$tmp/ours")"
[ ! -e "$tmp/theirs" ] || fail "pid_file was written in spite of -p"
stop_tined
