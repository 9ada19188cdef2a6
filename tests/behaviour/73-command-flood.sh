#!/bin/bash
# Goal of this test: malformed requests and floods of connections on the control
# socket do not block main: it feeds its watchdog, serves, takes root's
# commands, and counts what it has refused.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/client.sh"
. "$(dirname "$0")/../lib/crowd.sh"
. "$(dirname "$0")/../lib/failure.sh"
require socat python3

control=$tmp/control
commander() {
	python3 "$top_srcdir/tests/lib/commander.py" "$control" "$@"
}
# counted KEY: what main has counted so far.
counted() {
	local before
	before=$(count_log '^notice state control_socket=')
	kill -USR1 "$PID"
	wait_until 10 more_than "$before" || fail "it says no counts"
	untimed | sed -n "s/^notice state control_socket=.*$1=\([0-9]*\).*/\1/p" | tail -n 1
}
more_than() {
	[ "$(count_log '^notice state control_socket=')" -gt "$1" ]
}

service_manager
export WATCHDOG_USEC=400000

conf=$tmp/conf
{
	echo "control_socket = \"$control\""
	echo "control_mode = 0666"
	echo 'service echo { listen = {"127.0.0.1:0"} builtin = echo }'
} >"$conf"
start_tined -c "$conf"
cp "$conf" "$tmp/good"
remember

# ------------------------------------------------------------- wrong requests

commander wrong >"$tmp/wrong" || fail "the commander: $(cat "$tmp/wrong")"
cat "$tmp/wrong"
same "what is malformed is wrong usage" 9 "$(grep -c '^64 .*: the request is wrong: ' "$tmp/wrong")"
same "what is unknown is another build's" 7 \
    "$(grep -c '^69 .* are of different builds$' "$tmp/wrong")"
same "what this build cannot" 1 "$(grep -c '^69 upgrade: .* does not know this command$' "$tmp/wrong")"
same "an empty packet" 1 "$(grep -c '^None ' "$tmp/wrong")"
same "all of them" 18 "$(wc -l <"$tmp/wrong")"
errors=$(counted errors)
same "the errors" 18 "$errors"
same "commands taken" 0 "$(counted commands)"
wait_for_log '^warning command verb=.* exit=6[49] msg='
unchanged

# ------------------------------------------------------------- silent clients

# Six or eight may wait for a second; the others are refused at once.
places=8
[ "$(id -u)" -eq 0 ] || places=6
commander silent 30 >"$tmp/silent" || fail "the commander: $(cat "$tmp/silent")"
cat "$tmp/silent"
same "refused at once" $((30 - places)) "$(grep -c '69 too many commands at once$' "$tmp/silent")"
awk -v places="$places" '$3 == "closed" { n++; if ($1 < 990) early = 1
	if ($1 > 5000) late = 1 }
	END { exit n != places || early || late }' "$tmp/silent" ||
	fail "they are not closed after a second"
same "the errors" $((errors + places)) "$(counted errors)"
errors=$((errors + places))

# ----------------------------------------------- a client that does not read

{
	cat "$tmp/good"
	for n in {1..900}; do
		printf 'service s%d { listen = {"127.0.0.1:0"} builtin = %0400d }\n' \
		    "$n" "$n"
	done
} >"$conf"
commander deaf >"$tmp/deaf" || fail "the commander: $(cat "$tmp/deaf")"
echo "deaf: $(cat "$tmp/deaf") ms"
[ "$(cat "$tmp/deaf")" -ge 990 ] || fail "it gives up after $(cat "$tmp/deaf") ms"
same "the errors" $((errors + 1)) "$(counted errors)"
errors=$((errors + 1))
# A client that reads gets all of it.
run "$TINE" reload --socket "$control"
expect "a reload with many mistakes" 78
same "what it says" 901 "$(wc -l <"$tmp/err")"
cp "$tmp/good" "$conf"

# A client that goes on sending gets no response.
commander chatty >"$tmp/chatty" || fail "the commander: $(cat "$tmp/chatty")"
cat "$tmp/chatty"
unchanged

# ------------------------------------------------------- without a descriptor

# It is retried ten times a second, with little processor time, and logged once.
if [ "$WIDE_SANDBOX" = 0 ] && command -v strace >/dev/null; then
	errors=$(counted errors)
	before=$(cpu_ms "$PID")
	inject "$PID" accept4:error=EMFILE:when=1..10
	run "$TINE" reload --socket "$control"
	eject
	expect "a reload after ten failures to accept" 0
	injected_is 10
	same "the errors" $((errors + 10)) "$(counted errors)"
	cheap "ten failures to accept" "$before" "$(cpu_ms "$PID")" 100
	wait_for_log '^warning command .* exit=71 msg="Too many open files"'
fi

# ---------------------------------------------------------------------- storms

# no_gaps WHAT: the watchdog was fed in time, all the while.
no_gaps() {
	local most
	most=$(tail -n "+$mark" "$tmp/said" | sort -n | tail -n 1 | cut -d ' ' -f 1)
	echo "$1: the longest gap between two messages to systemd: $most ms"
	[ "$most" -lt 1000 ] || fail "$1: main was held up for $most ms"
}

mark=$(($(wc -l <"$tmp/said") + 1))
before=$(counted errors)
refused=$(counted refused)
lines=$(messages)
commander storm 3000 1000 >"$tmp/storm" &
storm=$!
record "$storm"
for _ in {1..10}; do
	echoes "$ADDR_echo" "during the storm"
done
wait_exit "$storm" 60 || fail "the storm: $(cat "$tmp/storm")"
cat "$tmp/storm"
ms=$(sed -n 's/.*ms=//p' "$tmp/storm")
no_gaps "a storm of root's"
lines=$(($(messages) - lines))
[ "$lines" -le $((ms / 1000 + 12)) ] || fail "$lines lines in $ms ms"
echo "$lines lines in $ms ms; $(($(counted errors) - before)) errors," \
    "$(($(counted refused) - refused)) refused"
counts_are_right() {
	[ $(($(counted errors) - before + $(counted refused) - refused)) -ge \
	    $(($(sed -n 's/connections=\([0-9]*\).*/\1/p' "$tmp/storm"))) ]
}
wait_until 10 counts_are_right || fail "not all of them were counted"
unchanged 20
run "$TINE" reload --socket "$control"
expect "a reload after the storm" 0

# Users without permission take no place from those who have it.
[ "$(id -u)" -eq 0 ] || exit 0
mark=$(($(wc -l <"$tmp/said") + 1))
COMMANDER=65534 commander storm 3000 1000 >"$tmp/storm" 2>&1 &
storm=$!
record "$storm"
for _ in {1..10}; do
	run "$TINE" reload --socket "$control"
	expect "a reload during a storm of others" 0
done
wait_exit "$storm" 60 || fail "the storm: $(cat "$tmp/storm")"
cat "$tmp/storm"
no_gaps "a storm of others"
same "commands taken of others" 0 \
    "$(count_log '^notice command .* uid=65534 ')"
[ "$(count_log '^warning command .* uid=65534 .* exit=77 ')" -ge 1 ] ||
	fail "the refusal is not logged"
unchanged 20
stop_tined
