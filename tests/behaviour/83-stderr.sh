#!/bin/bash
# Goal of this test: a program's standard error goes line by line into the log,
# long lines folded; a flood is cut and counted, and delays nobody for long.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/programs.sh"
require socat

flood=$(program flood <<'END'
#!/bin/sh
head -c 100000000 /dev/zero | tr '\0' 'x' | fold -w 99 >&2
echo done
END
)
few=$(program few <<'END'
#!/bin/sh
echo one >&2
printf 'two\nthree\n' >&2
printf 'fo' >&2; printf 'ur' >&2; echo >&2
echo >&2
echo /dev/stderr >/dev/stderr
printf %04500d 7 >&2
echo done
END
)
conf=$(config <<END
defaults { listen = {"127.0.0.1:0"} }
service flood { exec = {"$flood"} }
service few { exec = {"$few"} }
service socket { exec = {"$few"} stderr = socket }
service null { exec = {"$few"} stderr = null }
END
)
start_tined -c "$conf"

# lines SERVICE: what it wrote, as the log has it.
lines() {
	untimed | sed -n "s/^info stderr service=$1 id=1 pid=[0-9]* msg=//p"
}
all_lines() {
	[ "$(lines few | tr -d '0\n' | tail -c 1)" = 7 ]
}
same "few" "done" "$(ask "$ADDR_few" </dev/null)"
wait_until 10 all_lines || fail "not all lines: $(lines few)"
same "its lines" 'one two three four "" /dev/stderr ' \
    "$(lines few | grep -v 000 | tr '\n' ' ')"
same "the bytes of the long one" 4500 "$(lines few | grep 000 | tr -d '\n' | wc -c)"
same "the longest event" 2000 "$(lines few | awk '{ print length($0) }' |
    sort -n | tail -n 1)"
same "what the socket has" 7 "$(ask "$ADDR_socket" </dev/null | wc -l)"
same "null" "done" "$(ask "$ADDR_null" </dev/null)"
same "the lines of others" "" "$(lines socket)$(lines null)"

before=$(now_ms)
ask "$ADDR_flood" 60 </dev/null >"$tmp/flood.out" &
flooding=$!
wait_for_log '^info stderr service=flood'
from=$(now_ms)
same "another one meanwhile" "done" "$(ask "$ADDR_few" </dev/null)"
[ $(($(now_ms) - from)) -lt 5000 ] || fail "the flood delays others"
wait "$flooding"
same "after the flood" "done" "$(cat "$tmp/flood.out")"
took=$(($(now_ms) - before))
[ "$took" -lt 60000 ] || fail "the flood took $took ms"
wait_for_ends 1 "service=flood .*exit=0"

# All of them are either shown or counted: 1000 at once, 100 a second.
counted() {
	shown=$(count_log '^info stderr service=flood')
	lost=$(untimed |
	    sed -n 's/^warning lost service=flood .* lines=\([0-9]*\)/\1/p' |
	    awk '{ n += $1 } END { print n + 0 }')
	[ $((shown + lost)) -eq 1010102 ]
}
wait_until 10 counted || fail "$shown shown and $lost lost are not 1010102"
between "lines shown in $took ms" 1000 "$shown" $((1101 + took / 10))
[ "$(stat -c %s "$LOG")" -lt 2000000 ] || fail "the log has become big"
stop_tined
