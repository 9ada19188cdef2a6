#!/bin/bash
# Goal of this test: only_from and no_access decide by the most specific entry,
# before anything is forked; --explain says the same, and which line of which
# file decides.
. "$(dirname "$0")/../lib/behaviour.sh"
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
conf=$(config <<END
defaults { listen = {"127.0.0.1:0"} builtin = echo no_access = {"10.0.0.13"} }
service all { }
service nested {
	only_from = {"127.0.0.0/8",
	    "127.0.1.7"}
	no_access = {"127.0.1.0/24",
	    "127.0.0.9",
	    "127.0.2.2"}
	only_from += {"127.0.2.2"}
}
service only { only_from = {"127.0.0.2"} refuse_message = "never sent\n" }
service but { no_access = {"127.0.0.2"} }
service name { only_from = {"localhost"} }
service dual {
	listen = {"*:0"}
	only_from = {"::1", "127.0.0.0/24"}
	no_access = {"127.0.0.5"}
}
service six { listen = {"[::1]:0"} only_from = {"127.0.0.0/8"} }
service unix { listen = {"unix:$tmp/unix"} only_from = {"192.0.2.1"} }
service program {
	builtin = none
	exec = {"/bin/cat"}
	only_from = {"10.0.0.0/8",
	    "2001:db8::/32"}
	no_access += {"10.9.0.0/16"}
	source_prefix_v6 = 48
}
include("$included")
END
)
start_tined -c "$conf"

# The answer to each `SOURCE ADDRESS`.
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
# explained SERVICE SOURCE VERDICT WHY: by --explain, which leaves $tmp/said.
explained() {
	"$TINED" --explain "$1,$2" -c "$conf" >"$tmp/said" ||
		fail "--explain $1,$2 ended with $?"
	same "--explain $1,$2" "$1: a connection from $2 is $3" \
	    "$(head -n 1 "$tmp/said")"
	same "why, of --explain $1,$2" "$4" \
	    "$(sed -n '2s/^access: //p' "$tmp/said")"
}
# decided SERVICE SOURCE VERDICT WHY: by --explain, and below by a connection.
decided() {
	local address=ADDR_$1
	address=${!address}
	[ "$1" != dual ] || case $2 in
	*:*) address="[::1]:${address##*:}" ;;
	*) address=127.0.0.1:${address##*:} ;;
	esac
	echo "$2 $address" >>"$tmp/asked"
	echo "$1 $2 $3" >>"$tmp/expected"
	explained "$@"
}
no_rule="no rule matches, and there is no only_from"
decided all 127.0.0.2 accepted "$no_rule"
decided nested 127.0.0.2 accepted "only_from 127.0.0.0/8 ($conf:4)"
decided nested 127.0.1.2 refused "no_access 127.0.1.0/24 ($conf:6)"
decided nested 127.0.1.7 accepted "only_from 127.0.1.7 ($conf:5)"
decided nested 127.0.0.9 refused "no_access 127.0.0.9 ($conf:7)"
# The same prefix in both lists: no_access.
decided nested 127.0.2.2 refused "no_access 127.0.2.2 ($conf:8)"
decided nested 127.0.2.3 accepted "only_from 127.0.0.0/8 ($conf:4)"
decided only 127.0.0.2 accepted "only_from 127.0.0.2 ($conf:11)"
decided only 127.0.0.1 refused "not in only_from ($conf:11)"
decided but 127.0.0.2 refused "no_access 127.0.0.2 ($conf:12)"
decided but 127.0.0.1 accepted "$no_rule"
decided name 127.0.0.1 accepted "only_from localhost ($conf:13)"
decided name 127.0.0.2 refused "not in only_from ($conf:13)"
decided dual ::1 accepted "only_from ::1 ($conf:16)"
decided dual 127.0.0.4 accepted "only_from 127.0.0.0/24 ($conf:16)"
decided dual 127.0.0.5 refused "no_access 127.0.0.5 ($conf:17)"
decided dual 127.0.1.4 refused "not in only_from ($conf:16)"
decided six ::1 refused "not in only_from ($conf:19)"
decided program 127.0.0.1 refused "not in only_from ($conf:24)"
decided included 127.0.0.3 refused "no_access 127.0.0.3 ($included:5)"
decided included 127.0.0.4 accepted "$no_rule"
timeout 60 python3 "$tmp/client.py" <"$tmp/asked" >"$tmp/got" ||
	fail "not every client could connect"
diff -u "$tmp/expected" <(cut -d ' ' -f 1 "$tmp/expected" |
    paste -d ' ' - "$tmp/got") ||
	fail "connections are not treated as configured"
same "a Unix socket" hello "$(echo hello | ask "$ADDR_unix")"
wait_for_log '^notice refused service=but reason=no_access peer=127\.0\.0\.2:'

# Nothing was forked for those without access.
same "started, accepted, refused" "1 2 1" \
    "$(state but started) $(state but accepted) $(state but refused)"

# Only for --explain: no such client is here.
explained all 10.0.0.13 refused "no_access 10.0.0.13 ($conf:1)"
explained all 192.0.2.7 accepted "$no_rule"
grep -q '^served by: built-in echo' "$tmp/said" ||
	fail "--explain: $(cat "$tmp/said")"
explained program 10.1.2.3 accepted "only_from 10.0.0.0/8 ($conf:24)"
explained program ::ffff:10.1.2.3 accepted "only_from 10.0.0.0/8 ($conf:24)"
explained program 10.9.1.1 refused "no_access 10.9.0.0/16 ($conf:26)"
explained program 10.0.0.13 refused "no_access 10.0.0.13 ($conf:1)"
explained program 2001:db8:1:2::3 accepted "only_from 2001:db8::/32 ($conf:25)"
grep -q '^served by: /bin/cat' "$tmp/said" &&
	grep -q '^counted as: 2001:db8:1::/48,' "$tmp/said" ||
	fail "--explain: $(cat "$tmp/said")"
"$TINED" -f -l 127.0.0.1:0 -s echo -o no_access=192.0.2.0/24 \
	--explain=echo,192.0.2.1 | grep -q 'is refused' || fail "with -l"

# What cannot be answered.
refuses 64 'must be SERVICE,ADDRESS' -c "$conf" --explain but
for wrong in nothing,127.0.0.1 but,nonsense but,127.0.0.1/8 but,300.0.0.1; do
	refuses 64 . -c "$conf" --explain "$wrong"
	same "--explain $wrong: lines" 1 "$(wc -l <"$tmp/refused.err")"
done

# A reload changes access at once.
sed -i '12s/127\.0\.0\.2/127.0.0.1/' "$conf"
reload
same "after a reload" "127.0.0.1 refused
127.0.0.2 accepted" "$(printf '%s\n' "127.0.0.1 $ADDR_but" \
    "127.0.0.2 $ADDR_but" | python3 "$tmp/client.py")"
stop_tined

# An unknown name is an error of its service.
sed -i '13s/localhost/no-such-host.invalid/' "$conf"
refuses 69 'no-such-host\.invalid' -f -c "$conf"

# Many without access: no fork, and no flood of the log.
start_tined -o no_access=127.0.0.1 -l 127.0.0.1:0 -s echo
JOBS=4 start_load "$tmp/load" "$ADDR_echo"
storm() {
	[ "$(state echo refused)" -ge 2000 ]
}
start=$(now_ms)
wait_until 20 storm || fail "too slow"
kill -TERM "$LOAD_PID"
lines=$(count_log '^notice refused')
most=$((3 + ($(now_ms) - start) / 1000))
[ "$lines" -le "$most" ] || fail "$lines lines, more than $most"
same "forked" 0 "$(state echo started)"
stop_tined
