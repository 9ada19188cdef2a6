#!/bin/bash
# Goal of this test: a service whose programs keep their standard errors open,
# up to what the logger can hold, takes nothing from the programs of another
# one; these are not affected when the logger is killed, at any moment.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
. "$(dirname "$0")/../lib/programs.sh"
. "$(dirname "$0")/../lib/failure.sh"
require python3 setsid

FILES=128	# that each process of tined may open
cat >"$tmp/tined" <<END
#!/bin/sh
ulimit -n $FILES
exec "$TINED" "\$@"
END
chmod 0755 "$tmp/tined"
TINED=$tmp/tined

hog=$(program hog <<'END'
#!/bin/sh
read -r _
setsid sleep 1000 </dev/null >/dev/null &
echo kept
END
)
talks=$(program talks <<'END'
#!/bin/sh
while read -r line; do
	echo "said $line" >&2
	echo "answered $line"
done
END
)
# A user of their own: how many descriptors are on their way the kernel counts
# for each user, and others may have tests.
id=$((61000 + $$ % 4000))
user="user = \"$id\" group = \"$id\""
[ "$(id -u)" -eq 0 ] || user=
conf=$(config <<END
defaults { listen = {"127.0.0.1:0"} per_source = 1000 $user }
service hog { exec = {"$hog"} }
service talks { exec = {"$talks"} }
END
)

# clients WHAT COUNT ADDRESS: as many, one after another; the replies.
clients() {
	timeout 120 python3 - "$@" <<'END'
import socket, sys
what, count, address = sys.argv[1:]
host, port = address.rsplit(":", 1)
told = set()
for n in range(int(count)):
    with socket.create_connection((host, int(port)), 20) as s:
        s.sendall(b"%s%d\n" % (what.encode(), n))
        s.shutdown(socket.SHUT_WR)
        told.add(s.makefile("r").read())
print(len(told), "different:", *sorted(told)[:3])
END
}
# said WHAT COUNT: whether so many different lines of talks are logged.
said() {
	[ "$(untimed | grep -E "^info stderr service=talks .*msg=\"said $1" |
	    sed 's/.* msg=//' | sort -u | wc -l)" -eq "$2" ]
}
# left: what the hog's programs have left, a pid each.
left() {
	pgrep -P "$PID,$(acceptor hog)" -x sleep
}
# died: sessions of talks that a signal has ended.
died() {
	count_log '^info end service=talks .*signal='
}

start_tined -c "$conf"
remember
main_before=$(descriptors "$PID")
logger_before=$(descriptors "$(logger)")

# ---------------------------------------------------- as many as it can hold

same "the programs of the hog" "1 different: kept" \
    "$(clients x $((FILES + 60)) "$ADDR_hog" | xargs)"
kept=$(left | wc -l)
[ "$kept" -eq $((FILES + 60)) ] || fail "only $kept programs are left"
between "descriptors of the logger" $((logger_before + 10)) \
    "$(descriptors "$(logger)")" $((FILES - 20))
between "descriptors of main" "$((main_before + 5))" "$(descriptors "$PID")" \
    $((FILES / 2))
wait_for_log '^warning log service=hog .*standard errors open'
wait_for_log '^warning lost service=hog records=[0-9]'
messages_before=$(count_log '^error ')

same "the others" 40 "$(clients a 40 "$ADDR_talks" | cut -d ' ' -f 1)"
wait_until 10 said a 40 || fail "not all of the others' lines are logged"
same "the others that died" 0 "$(died)"
same "errors" "$messages_before" "$(count_log '^error ')"

# ------------------------------------------------------- the logger is killed

# Some that run meanwhile, more than the logger's queue keeps without main.
talkers=()
for n in $(seq 12); do
	talk "$ADDR_talks"
	talkers+=("$TALK")
	same "before" "answered b$n" "$(say "$TALK" "b$n")"
done
wait_until 10 said b 12 || fail "what they said is not logged"
pid=$(logger)
kill -KILL "$pid"
for n in $(seq 12); do
	same "without a logger" "answered c$n" \
	    "$(say "${talkers[n - 1]}" "c$n")"
done
same "new ones" 3 "$(clients d 3 "$ADDR_talks" | cut -d ' ' -f 1)"
wait_until 10 another_logger "$pid" || fail "no other logger"
for n in $(seq 12); do
	same "with another" "answered e$n" "$(say "${talkers[n - 1]}" "e$n")"
done
wait_until 10 said c 12 || fail "what was said without a logger is lost"
wait_until 10 said d 3 || fail "what new ones said without a logger is lost"
wait_until 10 said e 12 || fail "the other logger does not hear them"

# Again and again, while others come and go.
clients f 300 "$ADDR_talks" >"$tmp/f" &
load=$!
record "$load"
for n in $(seq 8); do
	pid=$(logger) && kill -KILL "$pid"
	say "${talkers[n]}" "g$n" >/dev/null
	wait_until 10 another_logger "${pid:-none}" || fail "no other logger"
done
wait_exit "$load" 120
same "those that came and went" 300 "$(cut -d ' ' -f 1 "$tmp/f")"
for n in $(seq 12); do
	same "in the end" "answered h$n" "$(say "${talkers[n - 1]}" "h$n")"
done
wait_until 10 said h 12 || fail "in the end not all are heard"
for n in "${talkers[@]}"; do
	exec {n}>&-
done
wait_until 20 sessions_are talks 0 || fail "sessions are left"
same "the others that died" 0 "$(died)"

# ----------------------------------------------------------- they are let go

# shellcheck disable=SC2046 # a word each
kill $(left)
let_go() {
	[ "$(descriptors "$PID")" -eq "$main_before" ] &&
	    [ "$(descriptors "$(logger)")" -eq "$logger_before" ]
}
wait_until 20 let_go || fail "main and the logger hold more than before:
$(ls -l "/proc/$PID/fd" "/proc/$(logger)/fd")"
lost=$(count_log '^warning lost service=hog ')
same "the hog" "1 different: kept" "$(clients x 5 "$ADDR_hog" | xargs)"
# shellcheck disable=SC2046 # a word each
kill $(left)
same "lost again" "$lost" "$(count_log '^warning lost service=hog ')"
stop_tined
