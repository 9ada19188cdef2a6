#!/bin/bash
# Goal of this test: what a connection costs stays within bounds that do not
# depend on time: system calls, page faults, and the mappings that fork copies.
. "$(dirname "$0")/../lib/behaviour.sh"
require awk
[ -x "$TINE" ] || skip "tine is missing: it is the load"

# The bounds, in hundredths for each connection.
# One connection after the other: accept4 finds none, then ppoll waits for it,
# and for the end of its session, which wait4 asks about.
MOST_CALLS=101		# clone, and close, in the acceptor
MOST_ACCEPTS=202	# accept4
MOST_WAITS=410		# ppoll, wait4 and the reading of SIGCHLD together
MOST_OTHER=2		# anything else in the acceptor
# Many at once: what they share.
MOST_ACCEPTS_SHARED=125
MOST_WAITS_SHARED=200
MOST_SESSION=700	# calls of an echo session for one small request
MOST_FAULTS=420		# page faults of such a session, its end included
MOST_COPIES=20		# faults of the acceptor: a title each second, no more
MOST_MAPPINGS=6		# writable private mappings of the acceptor
MOST_DIRTY=320		# KiB written in them
MOST_IMAGE=2		# mappings of the program's text and constants

N=300

start_tined -o log_level=notice -o per_source=4096 -l 127.0.0.1:0 -s echo
address=$ADDR_echo
acceptor=$(acceptors)
case $acceptor in
'' | *[!0-9]*) fail "not one acceptor: $acceptor" ;;
esac

# load COUNT [AT ONCE]: connections, one small echo on each.
load() {
	"$TINE" bench -c "${2:-1}" -N "$1" -w 60 "$address" >"$tmp/load" 2>&1 || {
		cat "$tmp/load"
		fail "the load failed"
	}
}

no_sessions() {
	[ -z "$(pgrep -P "$acceptor")" ]
}

settle() {
	wait_until 20 no_sessions || fail "sessions are left"
}

# within WHAT VALUE MOST: in hundredths.
within() {
	awk -v what="$1" -v value="$2" -v most="$3" 'BEGIN {
		printf "%s: %.2f for each connection, at most %.2f\n",
		    what, value / 100, most / 100
		exit value > most
	}' || fail "$1: more than its bound"
}

# Fields 11 and 13 of stat(5) behind the name: those of children are added
# when they are waited for.
faults() {
	sed 's/.*) //' "/proc/$acceptor/stat" | cut -d ' ' -f 8,9
}

# ---------------------------------------------------------------- page faults

load 50
settle
read -r own children < <(faults)
load "$N"
settle
read -r own_now children_now < <(faults)
sessions=$(((children_now - children) * 100 / N))
copies=$(((own_now - own) * 100 / N))

# ------------------------------------------------------------------- mappings

read -r mappings dirty < <(awk '
	$1 !~ /:$/ { private = $2 ~ /^.w.p/; n += private }
	$1 == "Private_Dirty:" && private { kib += $2 }
	END { print n + 0, kib + 0 }' "/proc/$acceptor/smaps")

# Mappings of libraries, sanitizers or gcov do not count.
if [ "$WIDE_SANDBOX" = 0 ] && sees "$acceptor" &&
    ! grep -Eq '\.so|/counters/' "/proc/$acceptor/maps"; then
	within "page faults of a session" "$sessions" "$MOST_FAULTS"
	within "page faults of the acceptor" "$copies" "$MOST_COPIES"
	echo "writable private mappings: $mappings, $dirty KiB dirty"
	[ "$mappings" -le "$MOST_MAPPINGS" ] ||
		fail "$mappings writable private mappings"
	[ "$dirty" -le "$MOST_DIRTY" ] || fail "$dirty KiB dirty in the acceptor"
	image=$(grep -Ec '/tined-acceptor|memfd:tined constants' \
	    "/proc/$acceptor/maps")
	echo "mappings of the program: $image, of all:" \
	    "$(wc -l <"/proc/$acceptor/maps")"
	[ "$image" -le "$MOST_IMAGE" ] || fail "$image mappings of the program"
else
	echo "no plain static acceptor: $sessions, $copies hundredths of a fault," \
	    "$mappings mappings, $dirty KiB; not judged"
fi

# --------------------------------------------------------------- system calls

require strace
# A sanitizer makes calls of its own.
require_sandbox

# trace AT_ONCE: $tmp/calls has who made which call how often for N connections.
trace() {
	local tracer
	: >"$tmp/strace"
	strace -f -o "$tmp/trace" -p "$acceptor" 2>"$tmp/strace" &
	tracer=$!
	record "$tracer"
	attached() {
		dead "$tracer" || grep -q attached "$tmp/strace"
	}
	wait_until 10 attached || fail "strace does not attach"
	alive "$tracer" || skip "no ptrace: $(tail -n 1 "$tmp/strace")"
	load "$N" "$1"
	settle
	kill -INT "$tracer"
	wait "$tracer"
	# A call that is begun again after a signal counts once.
	awk -v acceptor="$acceptor" '
		/ERESTARTNOINTR/ || !/^[0-9]+ +[a-z0-9_]+\(/ { next }
		{
			name = $2
			sub(/\(.*/, "", name)
			who = $1 == acceptor ? "acceptor" : "session"
			count[who " " name]++
		}
		END { for (call in count) print call, count[call] }
	' "$tmp/trace" | sort >"$tmp/calls"
	echo "$N connections, $1 at once:"
	sed 's/^/    /' "$tmp/calls"
}

# calls WHO PATTERN: how many, in hundredths for each connection.
calls() {
	awk -v n="$N" -v who="$1" -v names="$2" '
		$1 == who && $2 ~ "^(" names ")$" { sum += $3 }
		END { printf "%d\n", sum * 100 / n }' "$tmp/calls"
}

waits='ppoll|read|wait4|rt_sigreturn'

since=$SECONDS
trace 1
# Once a second the acceptor looks for children whose signal was lost.
looks=$(((SECONDS - since + 1) * 100 / N))
[ "$(calls acceptor clone)" -ge 99 ] || fail "not all is counted"
within "clone of the acceptor" "$(calls acceptor clone)" "$MOST_CALLS"
within "close of the acceptor" "$(calls acceptor close)" "$MOST_CALLS"
within "accept4 of the acceptor" "$(calls acceptor accept4)" "$MOST_ACCEPTS"
within "ppoll and wait4 of the acceptor" "$(calls acceptor "$waits")" \
    "$MOST_WAITS"
all=$(calls acceptor '.*')
within "other calls of the acceptor" \
    "$((all - $(calls acceptor "accept4|clone|close|$waits")))" \
    $((MOST_OTHER + looks))
within "calls of a session" "$(calls session '.*')" "$MOST_SESSION"

# How many come together depends on the machine: one try of five suffices.
shares() {
	trace 32
	[ "$(calls acceptor accept4)" -le "$MOST_ACCEPTS_SHARED" ] &&
	    [ "$(calls acceptor "$waits")" -le "$MOST_WAITS_SHARED" ]
}
shares || shares || shares || shares || shares ||
	fail "connections that come together share too little"

stop_tined
