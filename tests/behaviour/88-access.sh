#!/bin/bash
# Goal of this test: only_from and no_access decide by the most specific entry,
# for real connections as --explain says it, which names the line that decides.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/programs.sh"
. "$(dirname "$0")/../lib/crowd.sh"
require socat python3

included=$(config <<'END'
service included {
	listen = {"127.0.0.1:0"}
	builtin = echo
	no_access = {
	    "127.0.0.3"
	}
}
END
)
cat >"$tmp/tined.conf" <<END
defaults { listen = {"127.0.0.1:0"} builtin = echo }
service all { }
service nested {
	only_from = {"127.0.0.0/8",
	    "127.0.1.7"}
	no_access = {"127.0.1.0/24",
	    "127.0.0.9",
	    "127.0.2.2"}
	only_from += {"127.0.2.2"}
}
service only { only_from = {"127.0.0.2"} refuse_message = "told\n" }
service but { no_access = {"127.0.0.2"} }
service name { only_from = {"localhost"} }
service dual {
	listen = {"[::]:0"}
	only_from = {"::1", "127.0.0.0/24"}
	no_access = {"127.0.0.5"}
}
service unix { listen = {"unix:$tmp/unix"} only_from = {"192.0.2.1"} }
include("$included")
END
chmod 0644 "$tmp/tined.conf"
conf=$tmp/tined.conf
start_tined -c "$conf"

# client SOURCE ADDRESS: its answer, or why there is none.
cat >"$tmp/client.py" <<'END'
import socket, sys
for line in sys.stdin:
    source, address = line.split()
    host, port = address.rsplit(":", 1)
    s = socket.create_connection((host.strip("[]"), int(port)), 10,
                                 (source, 0))
    try:
        s.sendall(b"hello\n")
        got = s.recv(100)
    except OSError:
        got = b""
    print(source, "accepted" if got == b"hello\n" else f"refused{got.decode()}")
    s.close()
END
# check SERVICE SOURCE WHAT LINE: for a connection, and as --explain has it.
asked=()
check() {
	local address=ADDR_$1 where said
	[[ $2 != *.* ]] || [ "$1" != dual ] ||
		local ADDR_dual=127.0.0.1:${ADDR_dual##*:}
	[[ $2 != *:* ]] || local ADDR_dual="[::1]:${ADDR_dual##*:}"
	echo "$2 ${!address}" >>"$tmp/asked"
	echo "$2 $3" >>"$tmp/expected"
	said=$("$TINED" --explain "$1,$2" -c "$conf") ||
		fail "--explain $1,$2 ended with $?"
	same "--explain $1,$2" "$1: a connection from $2 is $3" \
	    "$(head -n 1 <<<"$said")"
	where=$(sed -n '2s/^access: //p' <<<"$said")
	same "why, of --explain $1,$2" "$4" "$where"
	asked+=("$1")
}
nobody="no rule names it, and there is no only_from"
check all 127.0.0.2 accepted "$nobody"
check nested 127.0.0.2 accepted "only_from 127.0.0.0/8 ($conf:4)"
check nested 127.0.1.2 refused "no_access 127.0.1.0/24 ($conf:6)"
check nested 127.0.1.7 accepted "only_from 127.0.1.7 ($conf:5)"
check nested 127.0.0.9 refused "no_access 127.0.0.9 ($conf:7)"
check nested 127.0.2.2 refused "no_access 127.0.2.2 ($conf:8)"
check nested 127.0.2.3 accepted "only_from 127.0.0.0/8 ($conf:4)"
check only 127.0.0.2 accepted "only_from 127.0.0.2 ($conf:11)"
check only 127.0.0.1 refused "only_from does not name it ($conf:11)"
check but 127.0.0.2 refused "no_access 127.0.0.2 ($conf:12)"
check but 127.0.0.1 accepted "$nobody"
check name 127.0.0.1 accepted "only_from localhost ($conf:13)"
check name 127.0.0.2 refused "only_from does not name it ($conf:13)"
check dual ::1 accepted "only_from ::1 ($conf:16)"
check dual 127.0.0.4 accepted "only_from 127.0.0.0/24 ($conf:16)"
check dual 127.0.0.5 refused "no_access 127.0.0.5 ($conf:17)"
check dual 127.0.1.4 refused "only_from does not name it ($conf:16)"
check included 127.0.0.3 refused "no_access 127.0.0.3 ($included:5)"
check included 127.0.0.4 accepted "$nobody"
timeout 60 python3 "$tmp/client.py" <"$tmp/asked" >"$tmp/got" ||
	fail "not every client could connect"
diff -u <(paste -d ' ' <(printf '%s\n' "${asked[@]}") "$tmp/expected") \
    <(paste -d ' ' <(printf '%s\n' "${asked[@]}") "$tmp/got") ||
	fail "connections are not treated as configured"

# An IPv4 client of an IPv6 listener, as --explain may be asked, too.
same "a mapped address" "dual: a connection from ::ffff:127.0.0.5 is refused" \
    "$("$TINED" --explain dual,::ffff:127.0.0.5 -c "$conf" | head -n 1)"
same "a Unix socket" hello "$(echo hello | ask "$ADDR_unix")"
wait_for_log '^notice refused service=but reason=no_access peer=127\.0\.0\.2:'

# Nothing was forked for those without access.
same "started" 1 "$(state but started)"
same "accepted" 2 "$(state but accepted)"
same "refused" 1 "$(state but refused)"

# What cannot be answered.
explain() {
	local status=0
	"$TINED" --explain "$1" -c "$conf" >"$tmp/said" 2>&1 || status=$?
	same "the status of --explain $1" 64 "$status"
}
explain nothing,127.0.0.1
explain but,not-an-address
explain but

# A reload changes access at once.
sed -i '12s/127\.0\.0\.2/127.0.0.1/' "$conf"
reload
same "after a reload" "127.0.0.1 refused
127.0.0.2 accepted" "$(printf '%s\n' "127.0.0.1 $ADDR_but" \
    "127.0.0.2 $ADDR_but" | python3 "$tmp/client.py")"

# A name that nobody knows is an error of its line.
sed -i '13s/localhost/no-such-host.invalid/' "$conf"
status=0
"$TINED" -f -c "$conf" >"$tmp/said" 2>&1 || status=$?
[ "$status" -ne 0 ] || fail "it starts with an unknown name"
grep -q "no-such-host.invalid" "$tmp/said" || fail "it says $(cat "$tmp/said")"
stop_tined
