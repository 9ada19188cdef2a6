#!/bin/bash
# Goal of this test: a wall clock that is set back and forward moves no timeout:
# neither a session's nor the acceptor's, nor main's.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
. "$(dirname "$0")/../lib/failure.sh"
CC=${CC:-$(sed -n "s/^CC = //p" "$top_builddir/Makefile")}
require "${CC%% *}" python3 socat
[ "$WIDE_SANDBOX" = 0 ] || skip "an instrumented build links otherwise"

# The acceptor that was built, but for a clock that this test can set; its main
# has one by a library.  No other process's clock changes.
head -c 24 /dev/zero >"$tmp/clock"
chmod 0666 "$tmp/clock"
mkdir "$tmp/bin"
source=$top_srcdir/tests/lib/clockset.c
b=$top_builddir
archives=$(sed -n "s,^ACCEPTOR_ARCHIVES = ,,p" "$b/Makefile" |
    sed "s,lib[a-z]*\.a,$b/&,g")
acceptor_libs=$(sed -n 's/^ACCEPTOR_LIBS = //p' "$b/Makefile")
# What every program of a build for coverage has.
[ ! -e "$b/libcoverage.a" ] || acceptor_libs="$b/libcoverage.a $acceptor_libs"
acceptor_ldflags=$(sed -n 's/^ACCEPTOR_LDFLAGS = //p' "$b/Makefile")
# shellcheck disable=SC2086 # a word each
{
	$CC -std=gnu11 -fPIE -DCLOCKSET_FILE="\"$tmp/clock\"" -c "$source" \
	    -o "$tmp/clockset.o" &&
	$CC $acceptor_ldflags -Wl,--wrap=clock_gettime \
	    -o "$tmp/bin/tined-acceptor" "$b"/src/acceptor/main.o \
	    "$tmp/clockset.o" $archives $acceptor_libs &&
	$CC -std=gnu11 -shared -fPIC -DPRELOAD -o "$tmp/clockset.so" "$source"
} >"$tmp/cc" 2>&1 || fail "cannot be built: $(cat "$tmp/cc")"
cp "$TINED_FILE" "$tmp/bin/tined.real"
cat >"$tmp/tined" <<END
#!/bin/sh
CLOCKSET_FILE="$tmp/clock" LD_PRELOAD="$tmp/clockset.so" \
    exec "$tmp/bin/tined.real" "\$@"
END
chmod 0755 "$tmp/tined"
TINED=$tmp/tined

# set_clock SECONDS: tined's clock is that wrong from now on.
set_clock() {
	python3 -c 'import struct, sys
with open(sys.argv[1], "r+b") as f:
    f.write(struct.pack("q", int(sys.argv[2])))' "$tmp/clock" "$1"
}
# asked N: how often a clock was read; 1 the wall clock, 2 others.
asked() {
	od -An -t u8 -w8 "$tmp/clock" | sed -n "$(($1 + 1))p" | tr -d ' '
}
# With log_time the wall clock would be read for every line.
start_conf <<END
drain_timeout = 1s
log_time = no
defaults { listen = {"127.0.0.1:0"} }
service idle { builtin = echo idle_timeout = 1500ms }
service total { builtin = echo max_time = 1500ms }
service program { exec = {"/bin/sh", "-c", "echo; sleep 100"} max_time = 1500ms }
service rate { builtin = daytime cps = {"10", "1"} }
service day { builtin = daytime }
END
remember
# year: the one that the daytime service tells.
year() {
	ask "$ADDR_day" </dev/null | grep -oE '\<20[0-9]{2}\>'
}
now=$(date -u +%Y)
same "the year" "$now" "$(year)"

decade=$((10 * 365 * 86400 + 3 * 86400))
round=0
fds=()
for jump in $decade -$decade 3600 -1; do
	round=$((round + 1))
	set_clock 0
	start=$(now_ms)
	for service in idle total program; do
		address=ADDR_$service
		talk "${!address}"
		[ $service = program ] ||
			same "$service" hi "$(say "$TALK" hi)"
		fds+=("$TALK")
	done
	set_clock "$jump"
	case $jump in
	*"$decade") same "the year" $((now + jump * 10 / decade)) "$(year)" ;;
	esac
	# The bucket neither fills at once nor stays empty.
	rate=$(now_ms)
	for _ in {1..11}; do
		ask "$ADDR_rate" 20 </dev/null >/dev/null
	done
	between "11 connections at 10 a second" 900 \
	    $(($(now_ms) - rate)) 12000
	for service in idle:idle_timeout total:max_time program:max_time; do
		wait_for_lines "$round" \
		    "^info end service=${service%:*} .*reason=${service#*:}" 20
		between "jump of $jump s: ${service%:*}" 1450 \
		    "$(in_log -h "^info end service=${service%:*} " |
		    tail -n 1 | sed 's/.* ms=\([0-9]*\).*/\1/')" 12000
	done
	between "all of them" 1450 $(($(now_ms) - start)) 20000
	for fd in "${fds[@]}"; do
		exec {fd}>&-
	done
	fds=()
done

# Main's: the restart of an acceptor, the deadline of a session that it has
# adopted, and drain_timeout.
set_clock 0
talk "$ADDR_total"
same "total" hi "$(say "$TALK" hi)"
start=$(now_ms)
old=$(acceptor total)
kill -KILL "$old"
set_clock -$decade
wait_until 10 new_acceptor total "$old" || fail "no restart"
wait_for_lines $((round + 1)) '^info end service=total .*reason=max_time' 20
between "an adopted session" 1000 $(($(now_ms) - start)) 12000
exec {TALK}>&-
talk "$ADDR_idle"
same "idle" hi "$(say "$TALK" hi)"
start=$(now_ms)
kill -TERM "$PID"
set_clock $decade
wait_exit "$PID" 20 || fail "it does not stop"
between "the drain" 900 $(($(now_ms) - start)) 12000
exec {TALK}>&-

# Only the daytime services read the wall clock.
echo "the wall clock was read $(asked 1) times, others $(asked 2) times"
[ "$(asked 2)" -gt 100 ] || fail "the clocks are not these"
[ "$(asked 1)" -le 60 ] || fail "something else reads the wall clock"
# In a build for coverage it has counted, and is gone after this test.
[ ! -e "$b/libcoverage.a" ] ||
	TINED_COVERAGE=harvest "$tmp/bin/tined-acceptor" ||
	fail "its counts are lost"
exit 0
