#!/bin/bash
# Failure case 50: users and hosts that no name service answers for block
# neither main nor its end; a reload that needs them is refused after 10 s.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
. "$(dirname "$0")/../lib/failure.sh"
require_root # others need not look a user up
require python3 socat mount mkfifo ip
in_namespaces -n -m

# A name server that never answers, and a list of users that is a fifo:
# opening it waits for a writer.
cat >"$tmp/silent" <<'END_PYTHON'
import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.1", 53))
print("bound", flush=True)
time.sleep(600)
END_PYTHON
python3 "$tmp/silent" >"$tmp/silent.out" &
record "$!"
wait_until 10 test -s "$tmp/silent.out" || fail "no name server"
printf 'passwd: files\ngroup: files\nservices: files\nhosts: files dns\n' \
	>"$tmp/nsswitch"
printf 'nameserver 127.0.0.1\noptions timeout:30 attempts:1\n' >"$tmp/resolv"
for file in nsswitch resolv; do
	[ -e "/etc/$file.conf" ] || skip "no /etc/$file.conf"
	mount --bind "$tmp/$file" "/etc/$file.conf" || skip "no bind mounts"
done
mkfifo "$tmp/passwd"
hang() {
	mount --bind "$tmp/passwd" /etc/passwd
}
answer() {
	umount /etc/passwd
}

configure() {
	cat >"$tmp/conf" <<-END
	service echo { listen = {"127.0.0.1:0"} builtin = echo user = "daemon" ${1:-} }
	service unix { listen = {"unix:$tmp/s"} builtin = echo user = "root" ${2:-} }
	END
}

acceptor_is_back() {
	acceptor echo >/dev/null
}

# At the start: TERM ends it at once.
looks_up() {
	pgrep -P "$PID" -f 'names' >/dev/null
}
for what in user host; do
	configure
	if [ $what = user ]; then
		hang
	else
		configure 'only_from = {"hang.example"}'
	fi
	launch -c "$tmp/conf"
	wait_until 10 looks_up || fail "$what: nothing is looked up at the start"
	begun=$(now_ms)
	kill -TERM "$PID"
	wait_exit "$PID" 5 || :
	echo "$what: ended $(($(now_ms) - begun)) ms after TERM"
	[ $(($(now_ms) - begun)) -lt 3000 ] || fail "$what: TERM is not obeyed"
	grep -q 'interrupted$' "$LOG" || fail "$what: it does not say why it ended"
	[ $what = host ] || answer
done

# At a reload everything else goes on; after 10 s it is refused, and so is a
# start at the same time, which names in one line all that has no answer.
configure
service_manager
WATCHDOG_USEC=4000000 start_tined -c "$tmp/conf"
echoes "$ADDR_echo" "at the start"
hang
configure 'only_from = {"hang.example", "127.0.0.1"}' 'instances = 9'
begun=$(now_ms)
kill -HUP "$PID"
wait_until 10 looks_up || fail "nothing is looked up at a reload"
sed "s,$tmp/s,$tmp/other," "$tmp/conf" >"$tmp/conf2"
refuses 69 '^tined: no answer within 10 s: user daemon, host hang\.example, user root' \
    -f -c "$tmp/conf2" &
starting=$!
echoes "$ADDR_echo" "while names are looked up"
kill -KILL "$(acceptor echo)"
wait_for_log '^error restarted service=echo' 3
wait_until 3 acceptor_is_back || fail "no acceptor is started meanwhile"
echoes "$ADDR_echo" "after a restart meanwhile"
same "instances meanwhile" 1024 "$(state unix instances)"
same "what is left behind" "" "$(in_log -h '^notice state leftovers=')"
[ "$(count_log 'reload refused')" -eq 0 ] || fail "refused too early"
wait_for_log '^error .*reload refused, the configuration stays as it was' 20
took=$(($(now_ms) - begun))
echo "refused after $took ms"
[ "$took" -ge 9000 ] && [ "$took" -lt 15000 ] || fail "refused after $took ms"
wait_for_log '^error .*no answer within 10 s: user daemon, host hang\.example, user root'
wait "$starting" || exit 1	# it has said why
same "lines" 1 "$(wc -l <"$tmp/refused.err")"
[ $(($(now_ms) - begun)) -lt 16000 ] ||
	fail "the start was refused after $(($(now_ms) - begun)) ms"
same "errors" 1 "$(count_log '^error .*no answer')"
same "instances" 1024 "$(state unix instances)"
gone() {
	! looks_up
}
wait_until 5 gone || fail "the process that looks names up is left"
wait_until 5 no_zombies || fail "it is left as a zombie"

# What changed since is found by the next one.
answer
configure '' 'instances = 9'
kill -HUP "$PID"
wait_for_log '^notice reloaded'
same "instances after a reload" 9 "$(state unix instances)"

[ "$(grep -c WATCHDOG=1 "$tmp/said")" -ge 4 ] ||
	fail "the watchdog is not fed: $(cat "$tmp/said")"
gap=$(watchdog_gap)
echo "longest time between two signs of life: $gap ms"
[ "$gap" -lt 4000 ] || fail "the watchdog is fed after $gap ms"

# TERM in the middle of a reload.
hang
configure 'instances = 7'
kill -HUP "$PID"
wait_until 10 looks_up || fail "nothing is looked up"
begun=$(now_ms)
stop_tined
echo "stopped $(($(now_ms) - begun)) ms after TERM"
[ $(($(now_ms) - begun)) -lt 3000 ] || fail "TERM is not obeyed"
