#!/bin/bash
# Goal of this test: of several starts that race for one stale Unix path exactly
# one wins; a live one is not touched, also when its backlog is full.
# shellcheck source=../lib/behaviour.sh
. "$(dirname "$0")/../lib/behaviour.sh"
require socat ss

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
		[ "$n" -eq 1 ]
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

# Two race for a live one of somebody else, who knows no lock and does not
# accept; its queue is full.
socat "UNIX-LISTEN:$path,backlog=0" PIPE,rdonly 2>/dev/null &
other=$!
record "$other"
wait_until 10 test -S "$path" || fail "socat does not listen"
kill -STOP "$other"
for _ in 1 2 3; do
	socat -u "UNIX-CONNECT:$path" - >/dev/null 2>&1 &
	record $!
done
full() { [ "$(ss -xlH src "$path" | awk '{ print $3 }')" -gt 0 ]; }
wait_until 10 full || fail "the queue is not full: $(ss -xl src "$path")"
inode=$(stat -c %i "$path")
for round in 1 2 3; do
	pids=()
	for racer in 1 2; do
		launch -l "unix:$path" -s whoami
		pids+=("$PID")
	done
	for pid in "${pids[@]}"; do
		status=0
		wait_exit "$pid" 15 || status=$?
		same "round $round: exit status" 69 "$status"
	done
	grep -q "unix:$path: " "$LOG" || fail "it does not say why"
	same "somebody else's live one" "$inode" "$(stat -c %i "$path")"
done
same "what it still does" T "$(ps -o state= -p "$other")"
exit 0
