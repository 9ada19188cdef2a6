#!/bin/bash
# Goal of this test: a reload that cannot be done says why and leaves
# everything as it was.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
require socat python3

conf=$(config <<END
service one { listen = {"127.0.0.1:0"} builtin = echo }
service two { listen = {"unix:$tmp/two"} builtin = echo }
END
)
start_tined -c "$conf"
cp "$conf" "$tmp/good"
before=$(acceptors | sort)
one=$(port "$ADDR_one")

refusals=0
refuse() {
	refusals=$((refusals + 1))
	kill -HUP "$PID"
	wait_until 20 test_refusals || fail "not refused: $(cat "$conf")"
	same "the acceptors" "$before" "$(acceptors | sort)"
	same "one" hi "$(echo hi | ask "$ADDR_one")"
	same "two" hi "$(echo hi | ask "$ADDR_two")"
}
test_refusals() {
	[ "$(count_log 'reload refused')" -eq "$refusals" ]
}

# An address that overlaps one of another service of the new configuration,
# unchanged or not; with port 0 in the file the port is known from the listener.
for instances in 1024 7; do
	for host in '*' 127.0.0.1; do
		{
			sed "/one/s/ }\$/ instances = $instances }/" "$tmp/good"
			echo "service three { listen = {\"$host:$one\"} builtin = echo }"
		} >"$conf"
		refuse
	done
	wait_for_lines "$((refusals / 2))" "^error .*three: listen \[::\]:$one: overlaps 127\.0\.0\.1:$one, which service one has"
	wait_for_lines "$((refusals / 2))" "^error .*three: listen 127\.0\.0\.1:$one: overlaps 127\.0\.0\.1:$one, which service one has"
done

# Every mistake at once.
cat >"$conf" <<END
service one { listen = {"127.0.0.1:0"} builtin = nothing }
service two { listen = {"unix:$tmp/two"} builtin = echo instances = 0 }
END
refuse
wait_for_log "$conf:1: "
wait_for_log "$conf:2: "

# No file at all.
rm "$conf"
refuse
wait_for_log "$conf:1: No such file"

# An address in use, after one that could be opened.
socat TCP-LISTEN:0,bind=127.0.0.1,fork SYSTEM:cat &
other=$!
record "$other"
bound() {
	other_port=$(ss -Hltnp 2>/dev/null |
	    sed -n "s/.*127.0.0.1:\([0-9]*\) .*pid=$other,.*/\1/p")
	[ -n "$other_port" ]
}
command -v ss >/dev/null && {
	wait_until 10 bound || fail "socat does not listen"
	{
		echo "service a { listen = {\"unix:$tmp/a\"} builtin = echo }"
		cat "$tmp/good"
		echo "service z { listen = {\"127.0.0.1:$other_port\"} builtin = echo }"
	} >"$conf"
	refuse
	wait_for_log "bind 127.0.0.1:$other_port: Address already in use"
	[ ! -e "$tmp/a" ] || fail "the socket of a refused service stays"
	kill "$other"
}

# A program that is not there.
{
	cat "$tmp/good"
	echo "service three { listen = {\"127.0.0.1:0\"} exec = {\"$tmp/no\"} }"
} >"$conf"
refuse
wait_for_log "$conf:3: "

# And a good one is taken again.
sed 's/builtin = echo/& instances = 5/' "$tmp/good" >"$conf"
kill -HUP "$PID"
wait_for_log '^notice reloaded'
same "instances" 5 "$(state one instances)"
same "one" hi "$(echo hi | ask "$ADDR_one")"
stop_tined
