#!/bin/bash
# Goal of this test: a line of the log on standard error begins with its time,
# in UTC; where the journal or syslog adds one it does not; JSON always has it.
. "$(dirname "$0")/../lib/behaviour.sh"
require socat python3

# serve OPTION...: some events in $LOG.
serve() {
	start_tined -l 127.0.0.1:0 -s echo "$@"
	same "the echo" hello "$(echo hello | ask "$ADDR_echo")"
	wait_for_log 'end.*service'
	stop_tined
}

# timed yes|no WHAT: whether every line of $LOG has a time, or none.
timed() {
	local with all
	all=$(grep -c . "$LOG")
	with=$(grep -Ec "^${STAMP%?}" "$LOG" || :)
	[ "$all" -ge 5 ] || fail "$2: only $all lines"
	if [ "$1" = yes ]; then
		same "$2: lines with a time" "$all" "$with"
	else
		same "$2: lines with a time" 0 "$with"
	fi
}

# Whatever the time zone, it is UTC, and the present time.
before=$(now_ms)
TZ=Asia/Kathmandu serve -o log_level=debug
timed yes "auto"
python3 - "$LOG" "$before" "$(now_ms)" <<'END' || fail "see above"
import datetime, sys
last = int(sys.argv[2])
for line in open(sys.argv[1]):
    stamp = line.split()[0]
    assert len(stamp) == 24 and stamp[-1] == "Z", line
    t = datetime.datetime.fromisoformat(stamp[:-1] + "+00:00")
    ms = round(t.timestamp() * 1000)
    assert last <= ms <= int(sys.argv[3]), (last, line)
    last = ms
END

serve -o log_level=debug -o log_time=no
timed no "log_time = no"

# A standard error that is the journal's: it adds the time.
start_journal() {
	local n=${#daemons[@]}
	: >"$tmp/log.$n"
	JOURNAL_STREAM=$(stat -c %d:%i "$tmp/log.$n") \
		serve -o log_level=debug -o log_target=stderr "$@"
}
start_journal
timed no "the journal's stream"
start_journal -o log_time=yes
timed yes "the journal's stream, log_time = yes"

for time in auto yes no; do
	serve -o log_level=debug -o log_format=json -o "log_time=$time"
	python3 - "$LOG" <<'END' || fail "JSON, log_time = $time: see above"
import json, re, sys
for line in open(sys.argv[1]):
    o = json.loads(line)
    assert list(o)[0] == "time", line
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", o["time"])
END
done

# A reload changes it.
conf=$(config <<END
log_time = no
service echo { listen = {"127.0.0.1:0"} builtin = echo }
END
)
start_tined -c "$conf"
sed -i 's/log_time = no/log_time = yes/' "$conf"
kill -HUP "$PID"
wait_for_log '^notice reloaded'
stop_tined
same "before the reload" 1 "$(grep -c '^notice ready' "$LOG")"
same "after it" 1 "$(grep -Ec "^${STAMP%?}notice stopped" "$LOG")"
