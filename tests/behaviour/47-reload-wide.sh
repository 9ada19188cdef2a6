#!/bin/bash
# Goal of this test: an address follows one that is wider or narrower (`*:7` and
# 127.0.0.1:7) in a reload, and no connection is lost; what the new
# configuration does not have is closed.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
require socat python3
in_namespaces --net

serves() {
	local answer
	answer=$(ask "$2" </dev/null) || fail "no answer from $2"
	same "the service at $2" "$1" "$(sed -n 's/^service: //p' <<<"$answer")"
}
refuses_connections() {
	! socat -u /dev/null "$(socat_address "$1")" 2>/dev/null ||
		fail "$1 is still open"
}
# become LINE...: a new configuration is in force.
become() {
	printf '%s\n' "$@" >"$conf"
	reload
}
# listeners: how many there are in this network.
listeners() {
	awk 'FNR > 1 && $4 == "0A"' /proc/net/tcp /proc/net/tcp6 | wc -l
}

conf=$(config <<END
service a { listen = {"*:7007"} builtin = whoami }
END
)
start_tined -c "$conf"
serves a 127.0.0.2:7007

# Narrower, in two services of other names; then wider again, in a third.
become 'service b { listen = {"127.0.0.1:7007"} builtin = whoami }' \
    'service c { listen = {"[::1]:7007"} builtin = whoami }'
serves b 127.0.0.1:7007
serves c '[::1]:7007'
refuses_connections 127.0.0.2:7007
same "listeners" 2 "$(listeners)"

become 'service d { listen = {"*:7007"} builtin = whoami }'
serves d 127.0.0.1:7007
serves d '[::1]:7007'
serves d 127.0.0.2:7007
wait_for_log '^notice listening service=d address=\[::\]:7007'

# What was covered is part of that service now, and asked for again.
become 'service d { listen = {"*:7007"} builtin = whoami instances = 7 }'
serves d 127.0.0.1:7007
become 'service d { listen = {"127.0.0.1:7007"} builtin = whoami }'
serves d 127.0.0.1:7007
refuses_connections '[::1]:7007'
same "listeners" 1 "$(listeners)"

# IPv4 alone, of both.
become 'service e { listen = {"*:7007"} builtin = whoami }'
become 'service f { listen = {"0.0.0.0:7007"} builtin = whoami }'
serves f 127.0.0.1:7007
serves f 127.0.0.2:7007
refuses_connections '[::1]:7007'

# No socket of another user can be bound beside it, nor one without
# SO_REUSEPORT.
for address in 127.0.0.1 127.0.0.2 0.0.0.0; do
	for share in 0 1; do
		[ "$share" = 0 ] || [ "$(id -u)" -eq 0 ] || continue
		python3 - "$address" "$share" <<-'END' || fail "$address is shared"
			import errno, os, socket, sys
			if sys.argv[2] == "1":
			    os.setuid(65534)
			s = socket.socket()
			s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
			s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT,
			    int(sys.argv[2]))
			try:
			    s.bind((sys.argv[1], 7007))
			    s.listen()
			except OSError as e:
			    sys.exit(e.errno != errno.EADDRINUSE)
			sys.exit(1)
		END
	done
done

# Refused: all as before.
before=$(listeners)
cat >"$conf" <<END
service g { listen = {"127.0.0.1:7007", "192.0.2.1:7008"} builtin = whoami }
END
kill -HUP "$PID"
wait_for_log 'reload refused'
serves f 127.0.0.1:7007
serves f 127.0.0.2:7007

# Not ready: all as before.
cat >"$conf" <<END
service g {
	listen = {"127.0.0.1:7007"}
	exec = {"/bin/cat"}
	rlimit_nofile = 2147483647
}
END
kill -HUP "$PID"
wait_for_log '^error .*g: the new acceptor is not ready, it is not served'
wait_for_log '^error .*f: the old acceptor stays as well'
serves f 127.0.0.1:7007
serves f 127.0.0.2:7007
same "listeners" "$before" "$(listeners)"

# Two that overlap in the new configuration, by a name.
cat >"$conf" <<END
service g { listen = {"localhost:7007"} builtin = whoami }
service h { listen = {"127.0.0.1:7007"} builtin = whoami }
END
kill -HUP "$PID"
wait_for_log '^error .*h: listen 127.0.0.1:7007: overlaps 127.0.0.1:7007, which service g has'
serves f 127.0.0.1:7007

# ------------------------------------- what began at the wider one ends there

become 'service a { listen = {"*:7008"} builtin = whoami }'
old=$(acceptor a)
kill -STOP "$old"
ask 127.0.0.1:7008 60 </dev/null >"$tmp/began" &
record $!
queued() {
	awk '$2 ~ /:1B60$/ && $4 == "0A" { print $5 }' /proc/net/tcp6 |
	    grep -q ':00000001$'
}
wait_until 10 queued || fail "nothing is queued: $(cat /proc/net/tcp6)"
cat >"$conf" <<END
service b { listen = {"127.0.0.1:7008"} builtin = whoami }
END
before=$(count_log '^notice reloaded')
kill -HUP "$PID"
# The narrower one serves already, the wider one is still there.
wait_for_log '^notice listening service=b address=127\.0\.0\.1:7008'
serves b 127.0.0.1:7008
same "reloads meanwhile" "$before" "$(count_log '^notice reloaded')"
kill -CONT "$old"
wait_until 10 test -s "$tmp/began" || fail "what was queued is lost"
grep -q '^service: a$' "$tmp/began" || fail "not a: $(cat "$tmp/began")"
wait_until 10 test_reloads "$before" || fail "the reload does not end"
same "listeners" 1 "$(listeners)"

# v6only: IPv4 goes to another service, and comes back.
become 'service a { listen = {"*:7010"} builtin = whoami }'
serves a 127.0.0.1:7010
become 'service a { listen = {"*:7010"} builtin = whoami v6only = yes }' \
    'service b { listen = {"0.0.0.0:7010"} builtin = whoami }'
serves a '[::1]:7010'
serves b 127.0.0.1:7010
become 'service b { listen = {"[::]:7011"} builtin = whoami v6only = yes }'
refuses_connections 127.0.0.1:7010
refuses_connections 127.0.0.1:7011
become 'service b { listen = {"[::]:7011"} builtin = whoami }'
serves b '[::1]:7011'
serves b 127.0.0.1:7011

# Connections whose handshakes are under way, on a slow link.
slow=(tc qdisc replace dev lo root tbf rate 64kbit burst 1600 latency 10s)
become 'service a { listen = {"*:7009"} builtin = whoami }'
cat >"$tmp/next" <<END
service b { listen = {"127.0.0.1:7009"} builtin = whoami }
END
if command -v tc >/dev/null && "${slow[@]}" 2>/dev/null; then
	python3 - "$PID" "$conf" "$tmp/next" >"$tmp/slow" <<-'END' || fail "slow: $(cat "$tmp/slow")"
		import os, shutil, signal, socket, sys, time
		clients = [socket.socket() for _ in range(24)]
		for s in clients:
		    s.setblocking(False)
		    s.connect_ex(("127.0.0.1", 7009))
		time.sleep(0.12)
		shutil.copy(sys.argv[2 + 1], sys.argv[2])
		os.kill(int(sys.argv[1]), signal.SIGHUP)
		for s in clients:
		    s.settimeout(30)
		    while s.recv(4096):
		        pass
	END
	tc qdisc del dev lo root
	wait_for_log '^notice listening service=b address=127\.0\.0\.1:7009'
fi

# -------------------------------------------------------------- under a load

become 'service a { listen = {"127.0.0.1:7007"} builtin = echo }'
start_load "$tmp/load" 127.0.0.1:7007
for ((i = 0; i < 3; i++)); do
	become 'service b { listen = {"*:7007"} builtin = echo }'
	become 'service a { listen = {"127.0.0.1:7007"} builtin = echo }'
	# A new socket instead of the kept one.
	become 'service b { listen = {"0.0.0.0:7007"} builtin = echo }'
	become 'service c { listen = {"127.0.0.2:7007"} builtin = echo }' \
	    'service b { listen = {"127.0.0.1:7007"} builtin = echo }'
	become 'service c { listen = {"*:7007"} builtin = echo }'
	become 'service a { listen = {"127.0.0.1:7007"} builtin = echo }'
done
end_load
same "connections lost of $DONE in 18 reloads" 0 "$FAILED"
echo "$DONE connections, 18 reloads, none lost"
stop_tined
