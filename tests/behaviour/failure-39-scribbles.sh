#!/bin/bash
# Goal of this test: a program, a session or an acceptor corrupts what it shares
# with tined (connection, standard error, scoreboard, log pipe): main and the
# logger go on, signal no other process, and no record is forged.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/programs.sh"
. "$(dirname "$0")/../lib/crowd.sh"
. "$(dirname "$0")/../lib/failure.sh"
require socat python3

# ------------------------------------------------------------------ a program

vandal=$(program vandal <<'END'
#!/usr/bin/python3
import fcntl, os, signal, socket
for path in ("/proc/self/fd", "/proc/%d/fd" % os.getppid()):
    try:
        names = os.listdir(path)
    except OSError:
        continue
    for name in names:
        try:
            fd = os.open(f"{path}/{name}", os.O_RDWR | os.O_NONBLOCK)
            os.ftruncate(fd, 0)
            os.write(fd, b"\0" * 4096)
        except OSError:
            pass
for fd in range(64):
    for what in (lambda: fcntl.fcntl(fd, fcntl.F_SETFL, os.O_NONBLOCK),
                 lambda: fcntl.fcntl(fd, fcntl.F_SETOWN, os.getpid()),
                 lambda: os.ftruncate(fd, 0),
                 lambda: fcntl.fcntl(fd, 1031, 4096),  # F_SETPIPE_SZ
                 lambda: socket.socket(fileno=os.dup(fd)).shutdown(2),
                 lambda: os.lseek(fd, 0, 0)):
        try:
            what()
        except OSError:
            pass
try:
    os.write(2, b"info end service=peaceful id=1 forged=1\n" + b"\0" * 100 +
             b"\n\x1b[2J %n%s\n\xff\xfe\nno newline at the end")
finally:
    os._exit(0)
END
)
# It can kill its own acceptor, which has the same user.
killer=$(program killer <<'END'
#!/bin/sh
echo killing
kill -KILL $PPID
kill -KILL 0
END
)
peaceful=$(program peaceful <<'END'
#!/bin/sh
while read line; do
	echo "$line"
	echo "err $line" >&2
done
END
)
conf=$(config <<END
defaults { listen = {"127.0.0.1:0"} instances = 8 }
service killer { exec = {"$killer"} }
service vandal { exec = {"$vandal"} }
service vandal-socket { exec = {"$vandal"} stderr = socket }
service vandal-null { exec = {"$vandal"} stderr = null }
service vandal-root { exec = {"$vandal"} sandbox = off }
service peaceful { exec = {"$peaceful"} }
END
)
start_tined -c "$conf"
remember

# tell LINE: over the connection that was open all the time.
exec {held}<>"/dev/tcp/127.0.0.1/$(port "$ADDR_peaceful")"
tell() {
	local got
	echo "$1" >&"$held"
	read -r -t 10 got <&"$held"
	same "the peaceful one" "$1" "$got"
	wait_for_log "^info stderr service=peaceful id=1 .*msg=\"err $1\"$"
}
tell before
vandals=(vandal vandal_socket vandal_root)
# With a sanitizer that one has the log itself, for what there is to say.
[ "$WIDE_SANDBOX" = 1 ] || vandals+=(vandal_null)
for service in "${vandals[@]}"; do
	address=ADDR_$service
	for _ in 1 2 3; do
		ask "${!address}" </dev/null >/dev/null 2>&1
	done
	wait_for_ends 3 "service=${service/_/-} .*exit=0" 30
	tell "after $service"
done
exec {held}>&-
wait_for_ends 1 "service=peaceful id=1 .*exit=0" 30
same "the peaceful service" again "$(echo again | ask "$ADDR_peaceful")"
unchanged

# What a program writes is a value in one line.
wait_for_log '^info stderr service=vandal id=1 pid=[0-9]+ msg="info end service=peaceful id=1 forged=1"$'
wait_for_log '^info stderr service=vandal .*msg="no newline at the end"$'
! in_log -q '^info end .*forged' || fail "a record was forged"
! LC_ALL=C grep -q '[^ -~]' "$LOG" || fail "the log has unprintable bytes"
same "with stderr = null" 0 "$(count_log '^info stderr service=vandal-null')"

# One that kills its acceptor, as it can be of the same user, kills no other.
logger=$(logger) || fail "no logger"
rest=$(servers | grep -vx "$(acceptor killer)" | sort | xargs)
for n in 1 2; do
	old=$(acceptor killer)
	same "the killer" killing "$(ask "$ADDR_killer" </dev/null)"
	wait_until 15 new_acceptor killer "$old" || fail "no restart"
	wait_for_lines "$n" '^info end service=killer .*signal=9'
done
same "the processes" "$rest" \
    "$(servers | grep -vx "$(acceptor killer)" | sort | xargs)"
wait_until 10 sessions_are killer 0 || fail "the killers count for ever"
stop_tined
same "what else was restarted" 0 "$(in_log -h '^error restarted' |
    grep -vc 'service=killer ')"

# ------------------------------------------ a built-in session: its scoreboard

require_sandbox
[ "$(uname -m)" = x86_64 ] || skip "the registers are x86-64's"
[ "$(id -u)" -eq 0 ] || skip "only root can do a session's calls for it"
# Unrelated processes, of the same user and of root.
sleep 1000 &
foreign=$!
record "$foreign"
setpriv --reuid="$(id -u "$SERVING_USER")" --clear-groups sleep 1000 &
foreign_user=$!
record "$foreign_user"
conf=$(config <<END
drain_timeout = 1s
defaults { listen = {"127.0.0.1:0"} builtin = echo }
service echo { instances = 100 }
service brief { max_time = 12s }
service adopted { max_time = 12s }
service other { }
END
)
start_tined -c "$conf"
main=$PID
logger=$(logger) || fail "no logger"
talk "$ADDR_other"
other=$TALK
same "the other one" one "$(say "$other" one)"
other_session=$(pgrep -P "$(acceptor other)") || fail "no other session"
# alive_and_well WHEN
alive_and_well() {
	alive "$main" || fail "$1: main has died"
	same "$1: the logger" "$logger" \
	    "$(logger)"
	same "$1: the other service" well "$(say "$other" well)"
	alive "$foreign" || fail "$1: an unrelated process was killed"
	alive "$foreign_user" || fail "$1: an unrelated process was killed"
	alive "$other_session" || fail "$1: another service's was killed"
}
# answers ADDRESS
answers() {
	[ "$(echo hi | ask "$1" 5 2>/dev/null)" = hi ]
}

# The pid in its slot becomes another process's, which must not be signalled
# when the time of the session is over: neither by the acceptor nor, after its
# death, by main.
declare -A liars=()
held=()
for service in brief adopted; do
	address=ADDR_$service
	for victim in "$foreign" "$foreign_user" "$other_session" "$main"; do
		talk "${!address}"
		held+=("$TALK")
		same "$service" hi "$(say "$TALK" hi)"
		session=$(pgrep -n -P "$(acceptor $service)") ||
			fail "no session of $service"
		[ "$(intrude replace "$session" board "$session" "$victim")" \
		    -gt 0 ] || fail "its pid is not in the scoreboard"
		liars[$session]=$service
	done
	talk "${!address}"	# an honest one
	held+=("$TALK")
	same "$service" honest "$(say "$TALK" honest)"
done
old=$(acceptor adopted)
kill -KILL "$old"
wait_until 15 new_acceptor adopted "$old" || fail "no restart"
for service in brief adopted; do
	wait_for_log "^info end service=$service .*in=7 out=7 .*reason=max_time" 60
done
alive_and_well "when their time was over"
# An acceptor knows its children without the scoreboard.  Main treats such a
# session as a leftover.
for session in "${!liars[@]}"; do
	[ "${liars[$session]}" = adopted ] || wait_until 15 gone "$session" ||
		fail "what has changed its pid lives on"
done
for TALK in "${held[@]}"; do
	exec {TALK}>&-
done
for session in "${!liars[@]}"; do
	wait_until 15 gone "$session" || fail "${liars[$session]}: it lives on"
done
alive_and_well "when they have gone"
for address in "$ADDR_brief" "$ADDR_adopted"; do
	wait_until 15 answers "$address" || fail "$address is dead"
done

# All of it: zeros, ones, and anything.
for seed in 00 ff 1 2; do
	wait_until 20 answers "$ADDR_echo" || fail "echo is dead before $seed"
	talk "$ADDR_echo"
	same "echo" hi "$(say "$TALK" hi)"
	session=$(pgrep -n -P "$(acceptor echo | tail -n 1)")
	[ -n "$session" ] || fail "no session of echo"
	bytes=$(intrude scribble "$session" board "$seed")
	[ "$bytes" -gt 1000000 ] || fail "$bytes bytes were scribbled"
	kill -USR1 "$main"
	exec {TALK}>&-
	# The service itself may fail; main restarts it when its acceptor is
	# killed.
	old=$(acceptor echo)
	# shellcheck disable=SC2086 # a word each
	kill -KILL $old 2>/dev/null
	wait_until 20 new_acceptor echo "$old" ||
		fail "scoreboard of $seed: no restart"
	wait_until 20 answers "$ADDR_echo" ||
		fail "scoreboard of $seed: echo does not come back"
	alive_and_well "scoreboard of $seed"
done
sed -i 's/instances = 100/instances = 99/' "$conf"
reload
wait_until 20 answers "$ADDR_echo" || fail "echo is dead after the reload"
alive_and_well "after the reload"

# --------------------------------------------------- an acceptor: its log pipe

# Garbage, and a record that says it is another service's.
acceptor=$(acceptor echo | tail -n 1)
pipe=$(find "/proc/$acceptor/fd" -lname 'pipe:*' -printf '%f\n' | head -n 1)
[ -n "$pipe" ] || fail "no log pipe"
# A whole record (magic, size, kind, level, strings), then what is none.
record=$(python3 -c 'import struct
text = b"end\0service\0other\0id\0" + b"999\0forged\0yes\0"
print((struct.pack("HHBB", 0x01fe, 6 + len(text), 1, 3) + text).hex())')
words=$(yes 'end service=other forged=1 ' | head -n 140 | tr -d '\n')
cat >"$tmp/calls" <<END
record: 1 $pipe hex:$record $((${#record} / 2))
line: 1 $pipe 'info end service=other id=999 forged=1' 38
garbage: 1 $pipe '$words' 3500
zeros: 1 $pipe @ 4000
END
intrude call "$acceptor" <"$tmp/calls" >"$tmp/tried" || fail "no intrusion"
cat "$tmp/tried"
same "what was written" 4 "$(grep -c ': ok' "$tmp/tried")"
alive_and_well "after garbage in a log pipe"
exec {TALK}<>"/dev/tcp/127.0.0.1/$(port "$ADDR_other")"
same "the other one" two "$(say "$TALK" two)"
exec {TALK}>&-
wait_for_log '^info end service=other .* in=4 out=4'
same "forged records" 0 "$(count_log '^[a-z]+ [a-z]+ .*service=other.*forged')"
! LC_ALL=C grep -q '[^ -~]' "$LOG" || fail "the log has unprintable bytes"
[ "$(stat -c %s "$LOG")" -lt 2000000 ] || fail "the log has grown"
exec {other}>&-
kill -TERM "$main"
wait_exit "$main" 40 || fail "it exits with $?"
alive "$foreign" || fail "the stop has killed an unrelated process"
alive "$foreign_user" || fail "the stop has killed an unrelated process"
