#!/bin/bash
# Goal of this test: tine bench counts every request once, as answered or as an
# error of the right kind, and its figures agree with each other.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/client.sh"

# figures KEY=VALUE...: of the last run with --json.
figures() {
	local pair
	for pair; do
		same "${pair%=*}" "${pair#*=}" "$(figure "${pair%=*}" <"$tmp/out")"
	done
}

# kind HOW KEY [OPTION...]: every fourth of 200 connections misbehaves.
kind() {
	peer "$1" 4 2500
	run "$TINE" bench --json -N 200 -c 20 -w 800ms "${@:3}" "$PEER"
	expect "$1" 1
	figures requests=150 errors=50 "errors_$2=50"
	end_peer
}

kind early short
kind mute short
kind wrong corrupt
kind more corrupt
kind never timed_out
kind late timed_out
kind reset reset
figures errors_unanswered=50
kind wrong corrupt
figures errors_unanswered=0
kind reset reset -e half
kind wrong corrupt -j 3
kind early short -x hello

# A connection that is closed at once ends short, or by a reset where the
# request came later than the close.
peer close 4
run "$TINE" bench --json -N 200 -c 10 "$PEER"
expect "close" 1
figures requests=150 errors=50
same "short or reset" 50 "$(($(figure errors_short <"$tmp/out") +
	$(figure errors_reset <"$tmp/out")))"
figures errors_unanswered=50
end_peer
run "$TINE" bench --json -N 50 "$PEER"
expect "refused" 1
figures requests=0 errors=50 errors_refused=50 connections=0
run "$TINE" bench --json -N 50 "unix:$tmp/none"
expect "no such path" 1
figures errors_refused=50

# Without errors: nothing lost, nothing counted twice.
peer echo
for options in "" "-e half" "-j 2" "-j 3 -c 7" "-q 5" "-q 5 -e half" "-q 0" \
	"-s 1" "-s 100k" "-s 3M -c 2" "-x hello" "-R 2000" "-R 2000 -q 0 -j 2"; do
	n=300
	[ "${options#*M}" = "$options" ] || n=30
	# shellcheck disable=SC2086 # options
	run "$TINE" bench --json -N $n -c 20 $options "$PEER"
	expect "bench $options" 0
	figures requests=$n errors=0
done
run "$TINE" bench --json -N 1000 -s 77 "$PEER"
figures sent_bytes=77000 received_bytes=77000 connections=1000 size_bytes=77
run "$TINE" bench --json -N 1000 -q 10 -c 4 "$PEER"
same "at least a connection for ten" 1 \
	"$(($(figure connections <"$tmp/out") >= 100))"
run "$TINE" bench --json -N 500 -q 0 -c 4 "$PEER"
figures connections=4
run "$TINE" bench --json -N 100 -s 0 "$PEER"
figures connections=100 requests=100 received_bytes=0
peer_at "$tmp/s" echo
run "$TINE" bench --json -N 2000 -c 100 -j 2 "$PEER"
expect "a Unix socket" 0
figures requests=2000 errors=0
peer ending
run "$TINE" bench --json -N 100 -E -x bye "$PEER"
expect "until the end" 0
figures requests=100 errors=0 received_bytes=400
run "$TINE" bench --json -N 100 -E -e half "$PEER"
expect "until the end of nothing" 0
figures requests=100 received_bytes=0

# Percentiles rise; the JSON is JSON.
before=
for key in min p50 p90 p99 p99_9 max; do
	value=$(figure "latency_us_$key" <"$tmp/out")
	[ -n "$value" ] || fail "no latency_us_$key"
	[ -z "$before" ] || awk "BEGIN { exit !($before <= $value) }" ||
		fail "$key: $value below $before"
	before=$value
done
if command -v python3 >/dev/null; then
	python3 -m json.tool "$tmp/out" >/dev/null || fail "no JSON"
fi

# The latency of a slow answer is seen, at its percentile.
peer late 10 150
run "$TINE" bench --json -N 100 -c 5 "$PEER"
expect "slow answers" 0
awk -v p50="$(figure latency_us_p50 <"$tmp/out")" \
	-v p99="$(figure latency_us_p99 <"$tmp/out")" \
	-v max="$(figure latency_us_max <"$tmp/out")" \
	'BEGIN { exit !(p50 < 140000 && p99 >= 150000 && max < 3000000) }' ||
	fail "slow answers: $(grep latency "$tmp/out")"

# Text, and a file for the plotter.
peer echo
run "$TINE" bench -N 200 --hgrm "$tmp/hgrm" "$PEER"
expect "text" 0
same "standard error" "" "$(cat "$tmp/err")"
says out '^requests +200 +[0-9,]+/s$'
says out '^errors +0$'
says out '^request( +[0-9.]+ [um]?s){5}$'
grep -q '^ *Value *Percentile *TotalCount 1/(1-Percentile)$' "$tmp/hgrm" ||
	fail "no head in the file"
grep -q 'Total count    = *200\]$' "$tmp/hgrm" || fail "no total in the file"
run "$TINE" bench -N 10 --hgrm "$tmp/none/x" "$PEER"
expect "a file that cannot be written" 1
says err "^tine: write $tmp/none/x: No such file or directory\$"

# A duration; an interrupt that ends it early, with a report.
before=$(now_ms)
run "$TINE" bench --json -d 400ms "$PEER"
took=$(($(now_ms) - before))
between "-d 400ms" 400 $took 4000
env --default-signal=INT "$TINE" bench --json -d 60 "$PEER" >"$tmp/out" &
pid=$!
record $pid
wait_until 10 has_threads $pid || fail "it does not work"
kill -INT $pid
wait_exit $pid 5 || :
grep -q '"requests":' "$tmp/out" || fail "no report after an interrupt"

# More than the ports of one address, from many; the addresses that -b names.
run "$TINE" bench --json -N 100 -b 127.7.7.0/30 "$PEER"
expect "-b with a network" 0
run "$TINE" bench --json -N 100 -b 192.0.2.1 "$PEER"
expect "-b with an address of another machine" 1
