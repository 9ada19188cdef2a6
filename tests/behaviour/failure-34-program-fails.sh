#!/bin/bash
# Goal of this test: a program that cannot be executed, or ends at once, a
# thousand times, costs each client a clean close and the log little.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/programs.sh"
. "$(dirname "$0")/../lib/crowd.sh"
. "$(dirname "$0")/../lib/failure.sh"
require python3

# crowd ADDRESS COUNT: clients that send and then read; how each was ended.
cat >"$tmp/crowd.py" <<'END'
import collections, socket, sys, threading
host, port = sys.argv[1].rsplit(":", 1)
ends, lock = collections.Counter(), threading.Lock()
def client():
    try:
        s = socket.create_connection((host, int(port)), 20)
        s.sendall(b"hello\n")
        data = s.recv(100)
        end = "eof" if data == b"" else "data"
    except OSError as e:
        end = type(e).__name__
    with lock:
        ends[end] += 1
def clients():
    for _ in range(int(sys.argv[2]) // 4):
        client()
threads = [threading.Thread(target=clients) for _ in range(4)]
for t in threads: t.start()
for t in threads: t.join()
print(*(f"{end}={n}" for end, n in sorted(ends.items())))
END
crowd() {
	timeout 60 python3 "$tmp/crowd.py" "$1" "$2"
}

copy=$(program copy <<'END'
#!/bin/sh
exec cat
END
)
for kind in missing mode directory format interpreter; do
	cp "$copy" "$tmp/$kind"
done
once=$(program once <<'END'
#!/bin/sh
read line
END
)

# What -t says of them.
refused() {
	local conf status=0
	conf=$(config <<<"service x { listen = {\"127.0.0.1:0\"} exec = {\"$1\"} }")
	"$TINED" -t -c "$conf" >"$tmp/said" 2>&1 || status=$?
	same "the status of -t with $1" 78 "$status"
	same "what -t says of $1" "$conf:1: $2" \
	    "$(sed "s/^tined: //; s/service x: //" "$tmp/said")"
}
touch "$tmp/plain"
refused bin/cat "exec: bin/cat: must be an absolute path"
refused "$tmp/nothing" "exec: $tmp/nothing: No such file or directory"
refused "$tmp" "exec: $tmp: Is a directory"
refused "$tmp/plain" "exec: $tmp/plain: not executable"
refused "$tmp/plain/x" "exec: $tmp/plain/x: Not a directory"

conf=$(for kind in missing mode directory format interpreter once; do
	echo "service $kind {
		listen = {\"127.0.0.1:0\"} exec = {\"$tmp/$kind\"}
	}"
done | config)
start_tined -c "$conf"
remember
# What was there at the start may be gone later.
rm "$tmp/missing" "$tmp/directory"
mkdir "$tmp/directory"
chmod 0644 "$tmp/mode"
printf '\177ELF nonsense' >"$tmp/format"
printf '#!/nonexistent/interpreter\n' >"$tmp/interpreter"

# shellcheck disable=SC2046 # a word each
cpu=$(cpu_ms $(servers))
from=$(now_ms)
same "clients of what is missing" eof=1000 "$(crowd "$ADDR_missing" 1000)"
took=$(($(now_ms) - from))
# shellcheck disable=SC2046
cheap "a thousand that cannot be executed" "$cpu" "$(cpu_ms $(servers))" 3000
n=$(count_log '^warning exec service=missing ')
between "lines in $took ms" 1 "$n" $((took / 1000 + 2))
same "clients of one without a mode" eof=8 "$(crowd "$ADDR_mode" 8)"
same "clients of a directory" eof=8 "$(crowd "$ADDR_directory" 8)"
same "clients of one of no format" eof=8 "$(crowd "$ADDR_format" 8)"
same "clients of one without an interpreter" eof=8 \
    "$(crowd "$ADDR_interpreter" 8)"
says() {
	wait_for_log "^warning exec service=$1 call=$tmp/$1 msg=\"$2\""
}
says missing "No such file or directory"
says mode "Permission denied"
says directory "Permission denied"
says format "Exec format error"
says interpreter "No such file or directory"
kill -USR1 "$PID"
wait_for_log '^notice state service=missing sessions=0 .* accepted=1000 '

# No client could know it from an empty answer, and no place is left taken.
unchanged

# It is served again as soon as it is there again.
cp "$copy" "$tmp/missing"
same "it is there again" data=4 "$(crowd "$ADDR_missing" 4)"

# One that runs and ends at once is not a failure.
same "clients of one that ends at once" eof=1000 "$(crowd "$ADDR_once" 1000)"
wait_for_ends 1000 "service=once .*exit=0" 30
unchanged
stop_tined
same "what was restarted" 0 "$(count_log '^error restarted')"
