#!/bin/bash
# Goal of this test: every command of tine against tined itself, over TCP and
# Unix sockets, without one wrong count.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/client.sh"

conf=$(config <<-END
	log_level = warning
	defaults {
	    instances  = 4096
	    per_source = 4096
	}
	service echo {
	    listen  = {"127.0.0.1:0", "unix:$tmp/echo", "unix:@tine-test-$$"}
	    builtin = echo
	}
	service whoami {
	    listen  = {"127.0.0.1:0"}
	    builtin = whoami
	}
	service daytime {
	    listen  = {"127.0.0.1:0"}
	    builtin = daytime
	}
	service discard {
	    listen  = {"127.0.0.1:0"}
	    builtin = discard
	}
	service chargen {
	    listen  = {"127.0.0.1:0"}
	    builtin = chargen
	}
END
)
start_tined -c "$conf"

# ADDR_... are set by start_tined
# shellcheck disable=SC2154
{
	echo=$ADDR_echo
	whoami=$ADDR_whoami
	daytime=$ADDR_daytime
	discard=$ADDR_discard
	chargen=$ADDR_chargen
}

# Connecting.
for address in "$echo" "unix:$tmp/echo" "unix:@tine-test-$$"; do
	seq 200000 >"$tmp/question"
	timeout 30 "$TINE" "$address" <"$tmp/question" >"$tmp/got" ||
		fail "$address: $?"
	cmp "$tmp/question" "$tmp/got" || fail "$address: another echo"
done
run "$TINE" "$whoami" </dev/null
expect "whoami" 0
says out '^service: whoami$'
run "$TINE" "$whoami" < <(yes 2>/dev/null)
expect "whoami that is spoken to" 0
says out '^service: whoami$'
run "$TINE" "$daytime" </dev/null
expect "daytime" 0
same "lines of daytime" 1 "$(wc -l <"$tmp/out")"
run "$TINE" -v "$discard" < <(seq 100000)
expect "discard" 0
says err '^sent 588895 bytes, received 0 bytes in '
same "chargen" 100 "$("$TINE" -N "$chargen" </dev/null | head -n 100 | wc -l)"

# Ping.
for address in "$echo" "unix:$tmp/echo"; do
	for options in "" "-n" "-n -s 100k" "-x hello"; do
		# shellcheck disable=SC2086 # options
		run "$TINE" ping -c 20 -i 0 $options "$address"
		expect "ping $options $address" 0
		says out '^20 sent, 20 answered, 0 corrupt, 0 lost'
	done
done
run "$TINE" ping -E -c 5 -i 0 "$whoami"
says out '^5 sent, 5 answered, 0 corrupt, 0 lost'

# Bench.
bench() {
	run "$TINE" bench --json -w 60s "${@:2}"
	expect "bench ${*:2}" 0
	same "requests of ${*:2}" "$1" "$(figure requests <"$tmp/out")"
	same "errors of ${*:2}" 0 "$(figure errors <"$tmp/out")"
}
for address in "$echo" "unix:$tmp/echo" "unix:@tine-test-$$"; do
	bench 3000 -N 3000 "$address"
	bench 2000 -N 2000 -c 100 -e half -j 2 "$address"
	bench 3000 -N 3000 -q 100 "$address"
	bench 50 -N 50 -s 2M -c 3 -q 5 "$address"
done
bench 1000 -N 1000 -E "$whoami"
bench 1000 -N 1000 -E -e half "$daytime"
bench 500 -N 500 -s 0 "$echo"
bench 1000 -N 1000 -H 300 "$echo"
same "held" 300 "$(figure idle_held <"$tmp/out")"
bench 2000 -N 2000 -c 1000 "$echo"
stop_tined "$PID"

# A server at its limit for a source resets or closes: errors, at most one for
# each request.
start_tined -l 127.0.0.1:0 -s echo -o per_source=3 -o log_level=error
run "$TINE" bench --json -N 200 -c 10 -q 0 "$ADDR_echo"
requests=$(figure requests <"$tmp/out")
errors=$(figure errors <"$tmp/out")
same "answers and errors" 200 $((requests + errors))
stop_tined "$PID"
