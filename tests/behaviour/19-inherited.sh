#!/bin/bash
# Goal of this test: listeners are inherited by name; what is not a listener is
# an error.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
require socat python3

# Runs a command as a service manager would, with sockets from descriptor 3 on:
# launcher NAME=KIND[:PATH]... -- COMMAND...
cat >"$tmp/launcher" <<'END'
import os, socket, sys
split = sys.argv.index("--")
names, fds, keep = [], [], []
for what in sys.argv[1:split]:
    name, kind = what.split("=", 1)
    kind, _, path = kind.partition(":")
    stream = socket.SOCK_DGRAM if kind == "udp" else socket.SOCK_STREAM
    if kind == "file":
        fd = os.open("/dev/null", os.O_RDWR)
    elif kind == "closed":
        fd = -1
    else:
        family = {"unix": socket.AF_UNIX, "tcp6": socket.AF_INET6}.get(
            kind, socket.AF_INET)
        s = socket.socket(family, stream)
        s.bind(path if kind == "unix" else
            ("::1" if kind == "tcp6" else "127.0.0.1", 0))
        if kind not in ("udp", "deaf"):
            s.listen(16)
        keep.append(s)
        fd = s.fileno()
    names.append(name)
    fds.append(fd)
high = [os.dup2(fd, 100 + i) if fd != -1 else -1 for i, fd in enumerate(fds)]
for i, fd in enumerate(high):
    if fd == -1:
        try:
            os.close(3 + i)
        except OSError:
            pass
    else:
        os.dup2(fd, 3 + i)
os.closerange(100, 100 + len(fds))
os.environ.update(LISTEN_FDS=str(len(fds)), LISTEN_PID=str(os.getpid()),
    LISTEN_FDNAMES=":".join(names))
os.execv(sys.argv[split + 1], sys.argv[split + 1:])
END
real=$TINED
# inheriting SOCKET...: from now on TINED inherits these.
inheriting() {
	printf '#!/bin/sh\nexec python3 %q %s -- %q "$@"\n' \
		"$tmp/launcher" "$*" "$real" >"$tmp/inheriting"
	chmod 755 "$tmp/inheriting"
	TINED=$tmp/inheriting
}

# Each kind; several of one name all serve; an unused one is not an error.
inheriting web=tcp web=tcp6 web=unix:"$tmp/s" other=tcp spare=tcp
file=$(config <<END
service one { listen = {"systemd:web"} builtin = whoami }
service two { listen = {"systemd:other", "127.0.0.1:0"} builtin = echo }
END
)
start_tined -c "$file"
same "the listeners" "one one one two two" "$(cut -d' ' -f1 "$READY" | xargs)"
for address in $(addresses one); do
	ask "$address" </dev/null | grep -qx 'service: whoami' &&
		fail "the builtin's name instead of the service's"
	ask "$address" </dev/null | grep -qx 'service: one' ||
		fail "$address: no answer"
done
addresses one | grep -qx "unix:$tmp/s" || fail "no Unix path: $(cat "$READY")"
for address in $(addresses two); do
	same "echo at $address" hello "$(echo hello | ask "$address")"
done
# The inherited listener was blocking.
mapfile -t before < <(addresses one)
kill -HUP "$PID"
same "after a reload" "service: one" "$(ask "${before[0]}" </dev/null | head -n 1)"

# They move to another service, all of a name, unused ones included.
mapfile -t other < <(addresses two)
cat >"$file" <<END
service two { listen = {"systemd:web", "${other[1]}"} builtin = whoami }
service three { listen = {"systemd:other", "systemd:spare"} builtin = whoami }
END
reload
for address in "${before[@]}" "${other[1]}"; do
	same "who serves $address" "service: two" \
	    "$(ask "$address" </dev/null | head -n 1)"
done
same "who serves ${other[0]}" "service: three" \
    "$(ask "${other[0]}" </dev/null | head -n 1)"
[ "$(count_log 'listening service=three address=')" -eq 2 ] ||
	fail "three has not two listeners"
# An address that overlaps one of them is refused: it is not closed.
sed "s/\"systemd:spare\"/\"*:$(port "${other[0]}")\"/" "$file" >"$file.next"
sed -i 's/"systemd:other", //' "$file.next"
cp "$file.next" "$file"
kill -HUP "$PID"
wait_for_log "three: listen .*: overlaps ${other[0]}, which is an inherited listener of the running configuration"
same "who serves ${other[0]}" "service: three" \
    "$(ask "${other[0]}" </dev/null | head -n 1)"
stop_tined
[ -S "$tmp/s" ] || fail "an inherited socket's path was removed"
rm "$tmp/s"

# A program inherits none of them.
inheriting web=tcp web=unix:"$tmp/t"
start_tined -l systemd:web -- /bin/sh -c 'env; ls -l /proc/self/fd'
out=$(ask "$ADDR_sh" </dev/null)
grep -E 'LISTEN_|NOTIFY|WATCHDOG' <<<"$out" && fail "inherited environment"
stop_tined

# What cannot be served.
serve=(-f -l systemd:web -s echo)
inheriting web=udp
refuses 78 'inherited descriptor 3 \(web\) .*stream' "${serve[@]}"
inheriting web=tcp web=deaf
refuses 78 'inherited descriptor 4 \(web\) .*listen' "${serve[@]}"
inheriting web=tcp web=file
refuses 78 'inherited descriptor 4 \(web\) .*not a socket' "${serve[@]}"
inheriting web=tcp web=closed
refuses 78 'inherited descriptor|LISTEN_FDS' "${serve[@]}"
inheriting web=tcp
refuses 69 'systemd:other: no such name' -f -l systemd:other -s echo
TINED=$real

# For another process than this one: nothing is inherited.
LISTEN_FDS=1 LISTEN_PID=1 LISTEN_FDNAMES=web refuses 69 'systemd:web: no such name' \
	"${serve[@]}"
