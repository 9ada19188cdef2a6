#!/bin/bash
# Goal of this test: a program serves connections over TCP and Unix sockets
# from the command line and from a file, and its end is logged with what it
# used.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
require socat python3

# By its name only: PATH is searched when tined starts.
start_tined -l 127.0.0.1:0 -l '[::1]:0' -l "unix:$tmp/cat" -- cat -u
for address in $(addresses cat); do
	same "cat at $address" "one two" "$(echo one two | ask "$address")"
done
wait_for_ends 3 'service=cat .* exit=0'
pattern='^info end service=cat id=[0-9]+ proto=tcp peer=127\.0\.0\.1:[0-9]+'
pattern+=" local=$ADDR_cat pid=[0-9]+ .*ms=[0-9]+ exit=0"
wait_for_log "$pattern.* utime_us=[0-9]+ stime_us=[0-9]+ maxrss_kib=[1-9]"
wait_for_log "^info end service=cat .* local=unix:$tmp/cat "
stop_tined

# One process each, and none between it and the acceptor.
start_conf <<END
service program {
	listen = {"127.0.0.1:0"}
	exec = {"/bin/sh", "-c", "echo \$PPID \$\$; read l; exit \$l"}
}
service killed {
	listen = {"127.0.0.1:0"}
	exec = {"/bin/sh", "-c", "kill -KILL \$\$"}
}
service busy {
	listen = {"127.0.0.1:0"}
	exec = {"/usr/bin/python3", "-c", "x = bytearray(50 << 20)
for i in range(300000): pass"}
}
END
talk "$ADDR_program"
read -r -t 10 parent self <&"$TALK"
same "the program's parent" "$(acceptor program)" "$parent"
echo 42 >&"$TALK"
wait_for_log "^info end service=program .* pid=$self .* exit=42"
exec {TALK}>&-
same "the killed one" "" "$(ask "$ADDR_killed" </dev/null)"
wait_for_log '^info end service=killed .* signal=9 '
same "the busy one" "" "$(ask "$ADDR_busy" </dev/null)"
wait_for_log '^info end service=busy .* exit=0'
line=$(in_log -h '^info end service=busy')
rss=${line##*maxrss_kib=}
utime=${line##*utime_us=}
stime=${line##*stime_us=}
[ "${rss%% *}" -gt 51200 ] || fail "too little memory: $line"
# What is user's and what is the system's the kernel tells by samples.
[ $((${utime%% *} + ${stime%% *})) -gt 5000 ] || fail "too little time: $line"

# A hundred connections at once are a hundred programs.
start_tined -o per_source=200 -l 127.0.0.1:0 -- cat
hold "$tmp/held" 100 "$ADDR_cat"
same "at once" "served=100 closed=0 waiting=0" "$(held "$tmp/held")"
same "the programs" 100 "$(pgrep -c -P "$(acceptor cat)" -x cat)"
release "$HOLD_PID"
wait_for_ends 100 'service=cat .* exit=0'
stop_tined
