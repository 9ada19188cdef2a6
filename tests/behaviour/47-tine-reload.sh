#!/bin/bash
# Goal of this test: tine reload returns when the reload is over, with its
# result: the new configuration is in force, or every error.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/client.sh"
. "$(dirname "$0")/../lib/crowd.sh"
. "$(dirname "$0")/../lib/failure.sh"
require socat python3

control=$tmp/control
conf=$tmp/conf
# configure: standard input, with a control socket.
configure() {
	{
		echo "control_socket = \"$control\""
		cat
	} >"$conf"
}
reload() {
	run "$TINE" reload --socket "$control" "$@"
}
configure <<END
service one { listen = {"127.0.0.1:0"} builtin = echo }
END
start_tined -c "$conf"

# ---------------------------------------------------------------------- taken

# As soon as it returns the new configuration is in force.
for n in {1..20}; do
	configure <<-END
	service one { listen = {"127.0.0.1:0"} builtin = echo instances = $n }
	service two { listen = {"unix:$tmp/two"} builtin = whoami }
	END
	reload
	expect "a good reload" 0
	same "what it says" reloaded "$(cat "$tmp/out" "$tmp/err")"
	same "instances after the reload" "$n" "$(state one instances)"
	ask "unix:$tmp/two" </dev/null | grep -q '^service: two' ||
		fail "the new service does not answer after the reload"
done
same "reloads" 20 "$(count_log '^notice reloaded')"
wait_for_log "^notice command verb=reload uid=$(id -u) pid=[1-9][0-9]*\$"

reload --json
expect "a good reload with --json" 0
same "its JSON" '{"command": "reload", "exit": 0, "result": "reloaded", "messages": []}' \
    "$(cat "$tmp/out")"

# ------------------------------------------------------------------- mistakes

configure <<END
service one { listen = {"127.0.0.1:0"}
	builtin = ecco
	instances = 0 }
END
reload
expect "mistakes" 78
same "what it prints" '' "$(cat "$tmp/out")"
says err "^$conf:3: builtin: ecco: "
says err "^$conf:4: instances: 0: "
same "how much that is" 3 "$(wc -l <"$tmp/err")"
same "the instances" 20 "$(state one instances)"
reload --json
expect "mistakes with --json" 78
python3 - "$tmp/out" "$conf" <<'END' || fail "JSON: $(cat "$tmp/out")"
import json, sys
said = json.load(open(sys.argv[1]))
assert said["command"] == "reload" and said["exit"] == 78, said
assert said["result"].startswith("reload refused"), said
assert [m.startswith(f"{sys.argv[2]}:{n}: ") for m, n in
        zip(said["messages"], (3, 4), strict=True)] == [True, True], said
END

# As many as there are, more than a packet holds.
configure < <(
	echo 'service one { listen = {"127.0.0.1:0"} builtin = echo }'
	for n in {1..400}; do
		echo "service s$n { listen = {\"unix:$tmp/s$n\"} builtin = nothing_$n }"
	done
)
reload
expect "400 mistakes" 78
for n in 1 200 400; do
	says err "^$conf:$((n + 2)): builtin: nothing_$n: "
done
same "mistakes" 401 "$(wc -l <"$tmp/err")"

rm "$conf"
reload
expect "no file" 78
says err "^$conf:1: No such file"

# ------------------------------------------------------------- other reasons

socat "UNIX-LISTEN:$tmp/taken,fork" SYSTEM:cat &
record $!
wait_until 10 test -S "$tmp/taken" || fail "socat does not listen"
configure <<END
service one { listen = {"127.0.0.1:0"} builtin = echo instances = 7 }
service two { listen = {"unix:$tmp/taken"} builtin = echo }
END
reload
expect "an address that is taken" 69
says err "^two: bind unix:$tmp/taken: it is in use\$"
same "the instances" 20 "$(state one instances)"

# No process for the new acceptor: the old one stays.
if [ "$WIDE_SANDBOX" = 0 ] && command -v strace >/dev/null; then
	configure <<-END
	service one { listen = {"127.0.0.1:0"} builtin = echo instances = 7 }
	END
	inject "$PID" clone:error=EAGAIN
	reload
	eject
	expect "no process at all" 71
	says err '^looking up names: Resource temporarily unavailable$'
	same "the instances" 20 "$(state one instances)"
	# The first one looks names up.
	inject "$PID" clone:error=EAGAIN:when=2+
	reload
	eject
	expect "no process for the acceptor" 71
	says err '^one: cannot start an acceptor: Resource temporarily unavailable$'
	same "one, with its old acceptor" hi "$(echo hi | ask "$ADDR_one")"

	# An acceptor that main finds dead before it has read why it ends.
	configure <<-END
	service one { listen = {"127.0.0.1:0"} builtin = echo instances = 20 }
	service three {
		listen = {"unix:$tmp/three"}
		exec = {"/bin/cat"}
		rlimit_nofile = 2147483647
	}
	END
	inject "$PID" epoll_pwait:delay_exit=200000
	reload
	eject
	expect "an acceptor that ends at once" 71
	says err '^three: the acceptor does not start: .*rlimit_nofile'
	says err '^three: the new acceptor is not ready, it is not served$'
fi

# ------------------------------------------- one that is asked for meanwhile

# The result is of the file as it was after the request: requests during a
# reload get a reload of their own.
if [ "$WIDE_SANDBOX" = 0 ] && command -v strace >/dev/null; then
	configure <<-END
	service one { listen = {"127.0.0.1:0"} builtin = echo instances = 30 }
	END
	strace -f -o "$tmp/trace" -e trace=execveat \
	    -e inject=execveat:delay_enter=1500000 -p "$PID" 2>"$tmp/strace" &
	STRACE=$!
	record "$STRACE"
	wait_until 10 attached 1 || fail "strace: $(cat "$tmp/strace")"
	"$TINE" reload --socket "$control" >"$tmp/first" 2>&1 &
	first=$!
	record "$first"
	delayed() {
		grep -q execveat "$tmp/trace"
	}
	wait_until 10 delayed || fail "no acceptor is started"
	configure <<-END
	service one { listen = {"127.0.0.1:0"} builtin = nothing }
	END
	"$TINE" reload --socket "$control" >"$tmp/second" 2>&1 &
	second=$!
	record "$second"
	"$TINE" reload --socket "$control" >"$tmp/third" 2>&1 &
	third=$!
	record "$third"
	for pid in "$first:0" "$second:78" "$third:78"; do
		status=0
		wait_exit "${pid%:*}" 30 || status=$?
		same "the exit status of a reload" "${pid#*:}" "$status"
	done
	eject
	same "the first" reloaded "$(cat "$tmp/first")"
	grep -q "^$conf:2: builtin: nothing: " "$tmp/second" ||
		fail "the second: $(cat "$tmp/second")"
	same "the third, of the same reload" "$(cat "$tmp/second")" \
	    "$(cat "$tmp/third")"
	same "the instances" 30 "$(state one instances)"
fi

# SIGHUP goes on working, and a reload that comes with it, too.
configure <<END
service one { listen = {"127.0.0.1:0"} builtin = echo instances = 31 }
END
kill -HUP "$PID"
reload
expect "together with SIGHUP" 0
same "the instances" 31 "$(state one instances)"

# ------------------------------------------------------------ without a daemon

reload --nonsense
expect "a wrong option" 64
run "$TINE" reload more
expect "too many arguments" 64
run "$TINE" reload --socket "$tmp/nowhere"
expect "no daemon" 69
says err "^tine: cannot connect to tined at $tmp/nowhere: No such file or directory\$"
run "$TINE" reload --socket "$tmp/taken"
expect "something else" 69

# A main that does not answer.
kill -STOP "$PID"
run "$TINE" reload --socket "$control" -w 200ms
kill -CONT "$PID"
expect "main is stopped" 69
says err 'not done within 200 ms'

# One that ends meanwhile.
kill -STOP "$PID"
"$TINE" reload --socket "$control" >"$tmp/out" 2>"$tmp/err" &
last=$!
record "$last"
# Both ends of it have the name.
connected() {
	[ "$(grep -c "$control\$" /proc/net/unix)" -ge 2 ]
}
wait_until 10 connected || fail "tine does not connect"
kill -KILL "$PID"
status=0
wait_exit "$last" || status=$?
same "main is killed" 69 "$status"
says err '^tine: tined ended without a response$'
