#!/bin/bash
# Goal of this test: of several starts that race for one stale Unix path exactly one wins.
# shellcheck source=../lib/behaviour.sh
. "$(dirname "$0")/../lib/behaviour.sh"
require socat

path=$tmp/s
racers=6
for round in 1 2 3 4 5; do
	# Stale: its server is gone.
	rm -f "$path"
	socat "UNIX-LISTEN:$path" PIPE 2>/dev/null &
	stale=$!
	record "$stale"
	wait_until 10 test -S "$path" || fail "no socket"
	kill -KILL "$stale"
	wait "$stale" 2>/dev/null
	[ -S "$path" ] || fail "nothing stale"

	pids=()
	for racer in $(seq $racers); do
		launch -l "unix:$path" -s whoami
		pids+=("$PID")
	done
	# All but one end, by themselves.
	one_is_left() {
		local n=0 pid
		for pid in "${pids[@]}"; do
			! alive "$pid" || n=$((n + 1))
		done
		[ $n -eq 1 ]
	}
	wait_until 15 one_is_left || fail "round $round: not exactly one won"
	for pid in "${pids[@]}"; do
		if alive "$pid"; then
			winner=$pid
		else
			status=0
			wait "$pid" || status=$?
			same "exit status of a loser" 69 "$status"
		fi
	done
	answer=$(ask "unix:$path" </dev/null) || fail "round $round: no answer"
	grep -q '^service: whoami$' <<<"$answer" || fail "round $round: $answer"
	stop_tined "$winner"
	same "what is left" "" "$(ls -d "$path"* 2>/dev/null)"
done
