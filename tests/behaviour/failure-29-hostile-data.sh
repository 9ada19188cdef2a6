#!/bin/bash
# Goal of this test: an event is one encoded line of the log, for any bytes of
# programs and names.
. "$(dirname "$0")/../lib/behaviour.sh"
require socat python3

# Names that come from the outside: a path, a program's name and words.
name=$'s "=%n\377\\'
refuses 78 'control character' -f -l "unix:$tmp/"$'s\e[2J\n' -s echo
printf '#!/bin/sh\nprintf "%%b" "$SAY" >&2\n' >"$tmp/hostile"
chmod 755 "$tmp/hostile"
say='a\033[31mb\n\\n\rinfo end service=forged id=1\n%n%s%d\n\377\376\0000x\nquo"ted=\tx\n'
serve() {
	SAY=$say start_tined -l "unix:$tmp/$name" -l 127.0.0.1:0 \
		-o 'pass_environment={"SAY"}' "$@" -- "$tmp/hostile"
	ask "$(addresses hostile | grep ^127)" </dev/null >/dev/null
	wait_for_lines 5 '( info |event":")stderr'
	wait_for_log '( info |event":")end'
	stop_tined
}

serve
LC_ALL=C grep -n '[^ -~]' "$LOG" && fail "control or 8-bit bytes"
untimed | grep -vE '^(error|warning|notice|info|debug) [a-z]+( |$)' && fail "forged lines"
in_log -h '^info end service=forged' && fail "a forged record"
in_log -q '^info stderr service=hostile id=1 .*msg="?a\\(033|e|\^\[)' ||
	fail "no ESC, encoded"
grep -q 'msg=.*info end service=forged' "$LOG" || fail "the text was lost"
grep -q '%n%s%d' "$LOG" || fail "no %n"
in_log -q '^notice listening .*address="unix:.*\\[0-9]' ||
	fail "the path is not quoted"
text=$(grep -c . "$LOG")

serve -o log_format=json
python3 - "$LOG" <<'END' || fail "see above"
import json, sys
lines = open(sys.argv[1], "rb").read()
assert not any(b < 32 and b != 10 for b in lines)
said = []
for line in lines.splitlines():
    o = json.loads(line)
    assert o.get("service") in (None, "hostile"), o
    if o["event"] == "stderr":
        said.append(o["msg"])
assert any("service=forged" in s for s in said), said
assert any('quo"ted=' in s for s in said), said
END
same "as many lines" "$text" "$(grep -c . "$LOG")"
