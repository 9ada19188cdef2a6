#!/bin/bash
# Goal of this test: a program that cannot be executed, or ends at once, costs
# its clients a clean close, the log a line a second, and tined nothing.
# shellcheck source=../lib/behaviour.sh
. "$(dirname "$0")/../lib/behaviour.sh"
# shellcheck source=../lib/crowd.sh
. "$(dirname "$0")/../lib/crowd.sh"
require socat python3

# What is checked before anything is started.
refused() {
	local status=0
	conf=$(config <<<"service s { listen = {\"127.0.0.1:0\"} exec = {\"$1\"} }")
	"$TINED" -t -c "$conf" >"$tmp/out" 2>&1 || status=$?
	same "the status of -t for $1" 78 "$status"
	grep -q "$conf:1: .*$2" "$tmp/out" || fail "$1: $(cat "$tmp/out")"
}
touch "$tmp/plain"
refused "$tmp/none" "No such file"
refused "$tmp" "directory\|regular"
refused "$tmp/plain" "executable\|Permission"
refused "bin/cat" "absolute"

# What changes afterwards.
cp /bin/cat "$tmp/gone"
printf '#!/nowhere/sh\n' >"$tmp/interpreter"
printf 'garbage' >"$tmp/format"
chmod 0755 "$tmp/interpreter" "$tmp/format"
cp /bin/cat "$tmp/mode"
conf=$(config <<END
defaults { per_source = 1000 }
service gone { listen = {"127.0.0.1:0"} exec = {"$tmp/gone"} }
service mode { listen = {"127.0.0.1:0"} exec = {"$tmp/mode"} }
service interpreter { listen = {"127.0.0.1:0"} exec = {"$tmp/interpreter"} }
service format { listen = {"127.0.0.1:0"} exec = {"$tmp/format"} }
service true { listen = {"127.0.0.1:0"} exec = {"/bin/true"} }
END
)
start_tined -c "$conf"
rm "$tmp/gone"
chmod 0600 "$tmp/mode"

cat >"$tmp/clean.py" <<'END'
# Sends, half-closes, and must read end of file: no reset, nothing else.
import socket, sys
host, port = sys.argv[1].rsplit(":", 1)
for _ in range(int(sys.argv[2])):
    s = socket.create_connection((host, int(port)), 10)
    s.sendall(b"x" * 1000)
    s.shutdown(socket.SHUT_WR)
    assert s.recv(10) == b""
    s.close()
END
clean() {
	python3 "$tmp/clean.py" "$1" "$2" || fail "no clean close by $1"
}
clean "$ADDR_gone" 1
wait_for_log "^warning exec service=gone call=$tmp/gone msg=\"No such file"
clean "$ADDR_mode" 1
wait_for_log "^warning exec service=mode .*msg=\"Permission denied\""
clean "$ADDR_interpreter" 1
wait_for_log "^warning exec service=interpreter .*msg=\"No such file"
clean "$ADDR_format" 1
wait_for_log "^warning exec service=format .*msg=\"Exec format error\""

# Storms: as many as there are clients for.
start=$(now_ms)
clean "$ADDR_gone" 500
lines=$(count_log '^warning exec service=gone')
most=$((3 + ($(now_ms) - start) / 1000))
[ "$lines" -le "$most" ] || fail "$lines lines, more than $most"
python3 - "$ADDR_true" <<'END' || fail "the storm"
import socket, sys
host, port = sys.argv[1].rsplit(":", 1)
for _ in range(500):
    s = socket.create_connection((host, int(port)), 10)
    assert s.recv(10) == b""
    s.close()
END
wait_until 10 ended 500 'service=true .* exit=0' || fail "not all are logged"
same "the sessions" "0 0" "$(state gone sessions) $(state true sessions)"
same "the acceptor's children" "" "$(pgrep -P "$(acceptor true)" || :)"

# It is there again: no reload is needed.
cp /bin/cat "$tmp/gone"
same "what is there again" hi "$(echo hi | ask "$ADDR_gone")"
stop_tined
same "restarted" 0 "$(count_log '^error restarted')"
exit 0
