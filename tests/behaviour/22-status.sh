#!/bin/bash
# Goal of this test: tine status, list and refused show what a tined does, also
# while main is stopped; its counters never fall, whatever ends; and only who may
# command tined may look at it.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/client.sh"
require socat python3

control=$tmp/control
conf=$tmp/conf
write_conf() {
	cat >"$conf" <<-END
	control_socket = "$control"
	log_level = debug
	service echo { listen = {"127.0.0.1:0"} builtin = echo }
	service who {
		listen = {"127.0.0.1:0"}
		builtin = whoami
		no_access = {"127.0.0.2/32"}
	}
	service few {
		listen = {"127.0.0.1:0"}
		builtin = echo
		instances = 8
		per_source = 2
	}
	$1
	END
}
cat="service cat { listen = {\"unix:$tmp/cat\"} exec = \"$(command -v cat)\" }"
[ "$(id -u)" -ne 0 ] || cat="${cat% \}} user = nobody }"
write_conf "$cat"
start_tined -c "$conf"

# look COMMAND [OPTION...]: tine's, of this tined.
look() {
	local command=$1
	shift
	run "$TINE" "$command" --socket "$control" "$@"
}

# of EXPRESSION: Python's value of it, for the status s and its services by name.
of() {
	look status --json
	expect "status --json" 0
	python3 -c '
import json, sys
s = json.load(open(sys.argv[1]))
service = {x["name"]: x for x in s["services"]}
print(eval(sys.argv[2]))' "$tmp/out" "$1" || fail "status --json: $1"
}
is() {
	[ "$(of "$1")" = True ]
}
comes() {
	wait_until 10 is "$1" || fail "it does not come: $1; $(cat "$tmp/out")"
}

# ------------------------------------------------------------------- what it is

same "services" "['echo', 'who', 'few', 'cat']" "$(of '[*service]')"
is 's["pid"] == '"$PID" || fail "not its pid"
same "a listener" "$ADDR_echo" "$(of 'service["echo"]["listeners"][0]["address"]')"
same "nobody yet" "0 0" \
    "$(of '"%d %d" % (service["echo"]["sessions"], service["echo"]["accepted"])')"
look list
expect "a list of none" 1
look refused
expect "refusals of none" 1

hold "$ADDR_echo"
first=$HELD
echo 12345 >&"$WRITER"
hold "unix:$tmp/cat"
comes 'service["echo"]["sessions"] == 1 and service["cat"]["sessions"] == 1'
look status
expect "status" 0
grep -Eq '^tined [0-9.]+  pid '"$PID"'  up .*, reload ok$' "$tmp/out" ||
	fail "no first line: $(cat "$tmp/out")"
grep -Eq '^echo +serving +1/1024 ' "$tmp/out" || fail "$(cat "$tmp/out")"

look list -s echo --json
expect "list" 0
python3 -c '
import json, sys
r = json.loads(open(sys.argv[1]).read())
assert r["id"] == "echo/1" and r["service"] == "echo", r
assert r["local"] == sys.argv[2] and r["peer"].startswith("127.0.0.1:"), r
assert r["in"] == r["out"] == 6 and r["state"] == "running", r
assert 0 <= r["age_ms"] < 60000, r' "$tmp/out" "$ADDR_echo" ||
	fail "list --json: $(cat "$tmp/out")"
session=$(sed -n 's/.*"pid": \([0-9]*\).*/\1/p' "$tmp/out")
kill -0 "$session" || fail "not a process: $session"
look list cat/1
expect "list of one" 0
grep -Eq "^cat/1 +uid:$(id -u),gid:[0-9]+,pid:[0-9]+ .* - +- +[0-9]+ +running$" \
    "$tmp/out" || fail "$(cat "$tmp/out")"
# It needs a descriptor for each service, and has the hard limit.
(ulimit -Sn 7 && exec "$TINE" list --socket "$control" cat/1) >"$tmp/out" ||
	fail "not listed with few descriptors"
for none in "--older 1h" "--peer 10.0.0.0/8" echo/77; do
	# shellcheck disable=SC2086
	look list $none
	expect "list $none" 1
	same "list $none" "" "$(cat "$tmp/out" "$tmp/err")"
done
look list --peer 127.0.0.0/8
expect "list --peer" 0
grep -q '^echo/1 ' "$tmp/out" || fail "$(cat "$tmp/out")"
look list -s other
expect "a service that there is not" 1
for wrong in x /1 echo/ echo/x echo/1x echo/0 echo/99999999999999999999; do
	look list "$wrong"
	expect "list $wrong" 64
done
look list --peer 10.0.0.1/8
expect "host bits" 64

look show echo/1 --json
expect "show" 0
python3 -c '
import json, sys
r = json.loads(open(sys.argv[1]).read())
assert r["id"] == "echo/1" and r["pid"] == int(sys.argv[2]), r
assert r["in"] == r["tcp_received"] == 6 and r["out"] == r["tcp_sent"] == 6, r
assert r["cpu_s"] >= 0 and r["rtt_us"] > 0 and r["retransmissions"] == 0, r
' "$tmp/out" "$session" || fail "show --json: $(cat "$tmp/out")"
look show cat/1
expect "show of a program" 0
grep -Eq '^cat/1  uid:.* -> unix$' "$tmp/out" || fail "$(cat "$tmp/out")"
grep -Eq '^process      [0-9]+, CPU 0' "$tmp/out" || fail "$(cat "$tmp/out")"
look show echo/77
expect "show of none" 1
look show
expect "show of nothing" 64

# ------------------------------------------------------------------ the refused

for _ in 1 2 3; do
	socat -u "$(socat_address "$ADDR_who"),bind=127.0.0.2" - || :
done
comes 'service["who"]["refused"]["no_access"] == 3'
look refused -s who
expect "refused" 0
grep -Eq '^127\.0\.0\.2/32 +who +no_access +3 .* no access$' "$tmp/out" ||
	fail "$(cat "$tmp/out")"
look refused --last 2 --json
expect "refused --last" 0
same "the last two" 2 "$(grep -c '"peer": "127.0.0.2:.*no_access' "$tmp/out")"

hold "$ADDR_few"
hold "$ADDR_few"
comes 'service["few"]["sessions"] == 2'
ask "$ADDR_few" </dev/null >/dev/null 2>&1
comes 'service["few"]["refused"]["per_source"] == 1'
look refused -s few
grep -Eq ' per_source +1 .* 2 of 2 sessions$' "$tmp/out" ||
	fail "$(cat "$tmp/out")"

# ------------------------------------------------------------- nothing falls

kill "$first"
comes 'service["echo"]["ended"]["ok"] == 1 and service["echo"]["sessions"] == 0'
is 'service["echo"]["sent_bytes"] == 6 and service["echo"]["spawn_us"]["count"] == 1 and service["echo"]["duration_ms"]["count"] == 1' ||
	fail "$(cat "$tmp/out")"
# The acceptor of few dies: its sessions live on, and what it counted stays.
kill -KILL "$(pgrep -P "$PID" -f "tined-acceptor: few")"
comes 'service["few"]["acceptors"]["restarts"] == 1 and service["few"]["acceptors"]["ready"] == 1'
is 'service["few"]["sessions"] == 2 and service["few"]["accepted"] == 3 and service["few"]["started"] == 2 and service["few"]["refused"]["per_source"] == 1 and service["few"]["peak"] == 2' ||
	fail "after an acceptor's death: $(cat "$tmp/out")"
look list -s few
same "sessions of a dead acceptor" 2 "$(grep -c ^few/ "$tmp/out")"
look refused -s few
grep -q ' per_source ' "$tmp/out" || fail "its refusals are lost"

# A reload that takes a service away: it ends with its last session.
write_conf ""
kill -HUP "$PID"
wait_for_log '^notice reloaded'
is 's["reloads"]["ok"] == 1 and service["cat"]["state"] == "retired" and service["cat"]["sessions"] == 1 and service["few"]["accepted"] == 3' ||
	fail "after a reload: $(cat "$tmp/out")"
echo "service wrong {" >>"$conf"
kill -HUP "$PID"
comes 's["reloads"]["refused"] == 1'
look status
grep -q '^! reload refused: ' "$tmp/out" || fail "$(cat "$tmp/out")"

# ---------------------------------------------------------------- who may look

rm -f "$tmp/denied"
if [ "$(id -u)" -eq 0 ]; then
	chmod 711 "$tmp"
	chmod 777 "$control"
	for command in status list refused; do
		STATUS=0
		setpriv --reuid 65534 --regid 65534 --clear-groups "$TINE" \
		    "$command" --socket "$control" 2>"$tmp/denied" || STATUS=$?
		expect "$command by nobody" 77
		grep -q 'root may command tined' "$tmp/denied" ||
			fail "$(cat "$tmp/denied")"
	done
fi
grep -q '^debug command verb=look uid=' < <(untimed) || fail "no event of a look"

# What is handed out can only be read, also by a user who may look.
if [ "$(id -u)" -eq 0 ]; then
	cat >"$tmp/write.py" <<-'END'
	import os, socket, struct, sys
	os.setgroups([])
	os.setgid(65534)
	os.setuid(65534)
	s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
	s.connect(sys.argv[1])
	s.send(struct.pack("=II120x", 1, 4))
	data, fds, _, _ = socket.recv_fds(s, 4096, 253)
	kind, count = struct.unpack("=Ii", data[:8])
	print(kind, count, len(fds))
	assert kind == 3 and count == len(fds) >= 4
	for fd in fds:
	    assert len(os.pread(fd, 4096, 0)) > 0
	    for attempt in (lambda: os.pwrite(fd, b"x", 0),
	                    lambda: os.ftruncate(fd, 1 << 20),
	                    lambda: os.open("/proc/self/fd/%d" % fd, os.O_RDWR)):
	        try:
	            attempt()
	        except OSError:
	            continue
	        sys.exit("it could be written")
	END
	sed -i '/wrong/d; 1i control_group = "nogroup"' "$conf"
	kill -HUP "$PID"
	comes 's["reloads"]["ok"] == 2'
	chmod 777 "$control"
	python3 "$tmp/write.py" "$control" || fail "a reader could write"
	STATUS=0
	setpriv --reuid 65534 --regid 65534 --clear-groups "$TINE" list \
	    --socket "$control" -s few >"$tmp/out" 2>&1 || STATUS=$?
	expect "list by a member of control_group" 0
fi

# ------------------------------------------------------------ main is stopped

kill -STOP "$PID"
look status --json
if sees "$PID"; then
	expect "status while main is stopped" 0
	grep -q '"silent": true' "$tmp/out" || fail "it is not said"
	grep -q '"name": "few".*"sessions": 2' "$tmp/out" ||
		fail "$(cat "$tmp/out")"
	look list -s few
	expect "list while main is stopped" 0
	same "sessions" 2 "$(grep -c ^few/ "$tmp/out")"
else
	expect "status while main is stopped" 69
fi
kill -CONT "$PID"
comes 's["silent"] is False'
stop_tined
for command in status list refused; do
	look "$command"
	expect "$command without a tined" 69
done
