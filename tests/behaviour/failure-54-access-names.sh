#!/bin/bash
# Failure case 54: all addresses of a name count for access, however many; a
# reload is refused if a name has no address any more.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
require python3 mount ip
in_namespaces -n -m

printf 'hosts: files\n' >"$tmp/nsswitch"
touch "$tmp/hosts"
chmod 0644 "$tmp/hosts"
mount --bind "$tmp/hosts" /etc/hosts || skip "no bind mounts"
[ -e /etc/nsswitch.conf ] || skip "no /etc/nsswitch.conf"
mount --bind "$tmp/nsswitch" /etc/nsswitch.conf || skip "no bind mounts"

# many FIRST LAST: the addresses that the name has from now on.
many() {
	{
		echo '127.0.0.1 localhost'
		seq -f '127.1.0.%g many' "$1" "$2"
	} >"$tmp/hosts"
}

# served ADDRESS: of the sources 127.1.0.1 to 201, how many are served, and
# which is the first and the last of them.
cat >"$tmp/sources" <<'END'
import socket, sys
host, port = sys.argv[1].rsplit(":", 1)
served = []
for n in range(1, 202):
    s = socket.socket()
    s.bind(("127.1.0.%d" % n, 0))
    s.settimeout(10)
    try:
        s.connect((host, int(port)))
        s.sendall(b"x")
        if s.recv(1) == b"x":
            served.append(n)
    except (ConnectionResetError, BrokenPipeError):
        pass
    s.close()
print(len(served), min(served, default="-"), max(served, default="-"))
END
served() {
	python3 "$tmp/sources" "$1"
}

cat >"$tmp/conf" <<END
service closed { listen = {"127.0.0.1:0"} builtin = echo no_access = {"many"} }
service open { listen = {"127.0.0.1:0"} builtin = echo only_from = {"many"} }
END
many 1 200
start_tined -c "$tmp/conf"
same "who enters where 200 may not" "1 201 201" "$(served "$ADDR_closed")"
same "who enters where 200 may" "200 1 200" "$(served "$ADDR_open")"

# The name is gone: no other client gets access.
refuse() {
	kill -HUP "$PID"
	wait_for_lines "$1" 'error .*reload refused' 20
	wait_for_lines "$1" 'error .*(closed|open): many: '
	same "who enters after a reload that was refused" "1 201 201" \
	    "$(served "$ADDR_closed")"
}
many 2 1
refuse 1
sed -i 's/builtin = echo/& instances = 7/' "$tmp/conf"
refuse 2

# It has other addresses: the next reload follows it, also of a service that is
# as it was.
sed -i 's/ instances = 7//' "$tmp/conf"
many 1 150
kill -HUP "$PID"
follows() {
	[ "$(served "$ADDR_closed")" = "51 151 201" ] &&
		[ "$(served "$ADDR_open")" = "150 1 150" ]
}
wait_until 20 follows ||
	fail "closed: $(served "$ADDR_closed"), open: $(served "$ADDR_open")"
stop_tined

# And what is more than tined can take is an error.
seq 0 5000 | awk '{ printf "10.0.%d.%d many\n", $1 / 250, $1 % 250 }' \
    >"$tmp/hosts"
refuses 69 '(closed|open): many: too many addresses' -f -c "$tmp/conf"
exit 0
