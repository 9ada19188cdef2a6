#!/bin/bash
# Goal of this test: with log_format = json every line is an object with the
# text's keys.
. "$(dirname "$0")/../lib/behaviour.sh"
require socat python3

serve() {
	start_tined -l 127.0.0.1:0 -l "unix:$tmp/s p" -s echo \
		-o log_level=debug -o instances=2 "$@"
	echo hello | ask "$ADDR_echo" >/dev/null
	echo hello | ask "unix:$tmp/s p" >/dev/null
	wait_for_lines 2 '( info |event":")end'
	kill -USR1 "$PID"
	wait_for_log 'state'
	stop_tined
}

serve -o log_format=json
cp "$LOG" "$tmp/json"
while read -r line; do
	python3 -m json.tool <<<"$line" >/dev/null || fail "not JSON: $line"
	break	# once with the tool that people have; the rest below
done <"$tmp/json"
serve
cp "$LOG" "$tmp/text"

cat >"$tmp/compare" <<'END'
import json, shlex, sys
objects = [json.loads(line) for line in open(sys.argv[1])]
levels = {"error", "warning", "notice", "info", "debug"}
def keys(event, maps):
    return sorted({tuple(sorted(m)) for e, m in maps if e == event})
texts = []
for line in open(sys.argv[2]):
    time, level, event, *rest = shlex.split(line)
    assert time.endswith("Z"), line
    assert level in levels, line
    assert all("=" in pair for pair in rest), line
    texts.append((event, [pair.split("=", 1)[0] for pair in rest]))
jsons = []
for o in objects:
    assert o.pop("time").endswith("Z")
    assert o.pop("level") in levels
    jsons.append((o.pop("event"), list(o)))
    if jsons[-1][0] == "end":
        assert o["service"] == "echo" and o["proto"] in ("tcp", "unix"), o
        for number in ("id", "pid", "in", "out", "ms", "exit"):
            assert isinstance(o[number], int), (number, o)
        assert o["in"] == o["out"] == 6 and o["exit"] == 0, o
        assert o["proto"] == "tcp" or o["local"].endswith('s p'), o
events = {e for e, _ in texts}
assert events == {e for e, _ in jsons}, (events, jsons)
assert {"listening", "ready", "start", "end", "state", "draining", "stopped"} <= events, events
for event in events:
    assert keys(event, texts) == keys(event, jsons), event
END
python3 "$tmp/compare" "$tmp/json" "$tmp/text" || fail "see above"
