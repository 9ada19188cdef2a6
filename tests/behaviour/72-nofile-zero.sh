#!/bin/bash
# Goal of this test: an acceptor whose limit of descriptors another process of
# its user sets to 0 does not spin; it logs an error and is replaced.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
. "$(dirname "$0")/../lib/failure.sh"
. "$(dirname "$0")/../lib/programs.sh"
require prlimit socat

lower=$(program lower <<'END_OF_PROGRAM'
#!/bin/sh
read -r pid && exec prlimit --pid "$pid" --nofile=0:0
END_OF_PROGRAM
)
start_conf <<END_OF_FILE
defaults { listen = {"127.0.0.1:0"} }
service echo { builtin = echo }
service lower { exec = {"$lower"} sandbox = off stderr = socket }
END_OF_FILE
victim=$(acceptor echo)
talk "$ADDR_echo"
same "before" hi "$(say "$TALK" hi)"
same "what prlimit says" "" "$(ask "$ADDR_lower" <<<"$victim")"
grep -Eq 'Max open files +0 ' "/proc/$victim/limits" || fail "no limit"

# It notices only when a connection comes.
before=$(cpu_ms "$victim")
ask "$ADDR_echo" 30 <<<hello >"$tmp/got" &
record $!
client=$!
since=$(now_ms)
last=$before
until dead "$victim"; do
	[ $(($(now_ms) - since)) -lt 20000 ] || fail "it is not replaced"
	now=$(cpu_ms "$victim")
	[ "$now" -eq 0 ] || last=$now
	sleep 0.05
done
cheap "the acceptor without descriptors in $(($(now_ms) - since)) ms" "$before" "$last" 100
wait_for_log '^error error service=echo msg="ppoll: .*\(RLIMIT_NOFILE\)"'
wait_for_log '^error restarted service=echo '
wait_exit "$client" 30 || fail "the waiting client"
same "the waiting client" hello "$(cat "$tmp/got")"
same "the session from before" still "$(say "$TALK" still)"
exec {TALK}>&-
echoes "$ADDR_echo" "afterwards"
stop_tined
