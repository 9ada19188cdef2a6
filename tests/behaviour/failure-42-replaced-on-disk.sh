#!/bin/bash
# Goal of this test: when the programs are replaced on disk what is running
# goes on with its own build, also over restarts and reloads; an acceptor of
# another build serves nothing.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
. "$(dirname "$0")/../lib/failure.sh"
require socat python3

mkdir "$tmp/bin"
cp "$TINED_FILE" "$TINED_ACCEPTOR" "$tmp/bin/"
cp "$TINED_ACCEPTOR" "$tmp/acceptor"
original=$TINED
TINED=$tmp/bin/tined
conf=$(config <<END
service echo { listen = {"127.0.0.1:0"} builtin = echo }
service cat { listen = {"127.0.0.1:0"} exec = {"/bin/cat"} }
END
)
start_tined -c "$conf"
main=$PID
build=$(readlink "/proc/$(acceptor echo)/exe")
talk "$ADDR_echo"
same "before" one "$(say "$TALK" one)"

# What a package manager does: another file by the old name.
printf '#!/bin/sh\nexit 1\n' >"$tmp/new"
chmod +x "$tmp/new"
mv "$tmp/new" "$tmp/bin/tined-acceptor"
rm "$tmp/bin/tined"

drained=$(acceptor echo)
record "$drained"
sed -i 's/builtin = echo/& instances = 10/' "$conf"
reload
wait_until 10 new_acceptor echo "$drained" || fail "no new acceptor"
same "after the reload" hi "$(echo hi | ask "$ADDR_echo")"
same "instances" 10 "$(state echo instances)"
old=$(acceptor cat)
kill -KILL "$old"
wait_until 10 new_acceptor cat "$old" || fail "no restart"
same "after the restart" hi "$(echo hi | ask "$ADDR_cat")"
same "a session from before" two "$(say "$TALK" two)"
exec {TALK}>&-
wait_until 10 dead "$drained" || fail "it drains without a session"
same "main" "$main" "$PID"
! sees "$main" || for pid in $(acceptors); do
	# One that has just ended has none.
	exe=$(readlink "/proc/$pid/exe") || continue
	same "the build that runs" "$build (deleted)" "$exe"
done
# A program that is configured later is found, and one that is replaced is
# taken as it is then: only tined's own are held.
cat >>"$conf" <<END
service later { listen = {"127.0.0.1:0"} exec = {"/bin/cat"} }
END
reload
wait_until 10 acceptor later >/dev/null || fail "no acceptor for a new service"
remember
reload
unchanged
stop_tined

# Another build: the version is another one, of the same length.
cp "$original" "$tmp/bin/tined"
cat >"$tmp/patch.py" <<'END'
import re, sys
data = open(sys.argv[1], "rb").read()
version = sys.argv[2].encode()
assert version in data, "no version in it"
other = bytes([version[0] ^ 1]) + version[1:]
open(sys.argv[1], "wb").write(data.replace(version, other))
END
version=$("$tmp/acceptor" -V 2>/dev/null | sed -n 's/^tined-acceptor //p')
[ -n "$version" ] || fail "the acceptor does not say its version"
python3 "$tmp/patch.py" "$tmp/acceptor" "$version" || fail "not patched"
mv "$tmp/acceptor" "$tmp/bin/tined-acceptor"
status=0
try_tined -c "$conf" && fail "it works with another build's acceptor"
wait_exit "$PID" || status=$?
[ "$status" -ne 0 ] || fail "it exits with 0"
grep -q 'another build' "$LOG" || fail "the log does not say why"
same "the lines of the log" 1 "$(wc -l <"$LOG")"
