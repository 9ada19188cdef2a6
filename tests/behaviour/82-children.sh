#!/bin/bash
# Goal of this test: what a program leaves behind is no session; one that
# ignores TERM is killed 5 s after its max_time, with its group, also when the
# leader of that group is dead already.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/programs.sh"
require socat setsid

# It leaves two: one in its group, one in a session of its own.
leaves=$(program leaves <<'END'
#!/bin/sh
sleep 300 </dev/null >/dev/null 2>&1 &
echo $!
setsid sleep 300 </dev/null >/dev/null 2>&1 &
echo $!
END
)
ignores=$(program ignores <<'END'
#!/bin/sh
trap '' TERM
sleep 300 &
echo $$ $!
while :; do
	wait
done
END
)
# Its leader dies of TERM; the rest of the group ignores that and holds the
# connection.
orphans=$(program orphans <<'END'
#!/bin/bash
(trap '' TERM; sleep 300; sleep 300) &
echo $$ $!
trap 'exit 3' TERM
while :; do
	wait
done
END
)
obeys=$(program obeys <<'END'
#!/bin/sh
trap 'echo goodbye; exit 7' TERM
echo hello
while :; do
	sleep 0.1
done
END
)
conf=$(config <<END
defaults { listen = {"127.0.0.1:0"} instances = 1 when_full = refuse }
service leaves { exec = {"$leaves"} }
service ignores { exec = {"$ignores"} max_time = 500ms }
service orphans { exec = {"$orphans"} max_time = 500ms }
service obeys { exec = {"$obeys"} max_time = 500ms }
END
)
start_tined -c "$conf"

# All at once: each takes its time.
asking=()
for service in ignores orphans obeys; do
	address=ADDR_$service
	ask "${!address}" 20 </dev/null >"$tmp/$service.out" &
	asking+=($!)
done
mapfile -t left < <(ask "$ADDR_leaves" </dev/null)
same "children that were left" 2 "${#left[@]}"
for pid in "${left[@]}"; do
	record "$pid"
done
wait_for_ends 1 "service=leaves .*exit=0"
# Their session's place is free although they live.
mapfile -t more < <(ask "$ADDR_leaves" </dev/null)
same "children that were left the second time" 2 "${#more[@]}"
for pid in "${more[@]}"; do
	record "$pid"
done
wait_for_ends 2 "service=leaves .*exit=0"
for pid in "${left[@]}" "${more[@]}"; do
	alive "$pid" || fail "$pid, which a program had left, was ended"
done
# When they end they are nobody's zombies.
kill -KILL "${left[@]}"
gone() {
	! ps -o pid= -p "$(IFS=,; echo "$*")" >/dev/null
}
wait_until 5 gone "${left[@]}" || fail "a zombie was left"

wait_for_ends 1 "service=obeys .*exit=7 reason=max_time"
wait "${asking[2]}"
same "what one says that obeys" "hello
goodbye" "$(cat "$tmp/obeys.out")"
ms=$(end_of service=obeys ms)
between "its milliseconds" 500 "$ms" 20000

wait_for_ends 1 "service=orphans .*exit=3 reason=max_time"
wait "${asking[1]}"
read -r leader child <"$tmp/orphans.out"
wait_until 5 gone "$leader" "$child" || fail "the rest of the group lives"

wait_for_ends 1 "service=ignores .*signal=9 reason=max_time"
wait "${asking[0]}"
read -r leader child <"$tmp/ignores.out"
wait_until 5 gone "$leader" "$child" || fail "the group lives"
ms=$(end_of service=ignores ms)
between "its milliseconds" 5500 "$ms" 30000
mapfile -t more < <(ask "$ADDR_leaves" </dev/null)
same "the place is free again" 2 "${#more[@]}"
for pid in "${more[@]}"; do
	record "$pid"
done
stop_tined
