#!/bin/bash
# Failure case 16: SIGHUP a hundred times under load, every fifth with a broken
# file: no connection is lost; the broken one is refused with file:line.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
. "$(dirname "$0")/../lib/failure.sh"
require socat python3

conf=$(config </dev/null)
# configure N: the settings of the N-th reload; each changes both services.
configure() {
	cat >"$conf.new" <<END
defaults { per_source = 1000 }
service one { listen = {"127.0.0.1:0"} builtin = echo instances = $((500 + $1)) }
service two {
	listen = {"[::1]:0", "unix:$tmp/two"}
	exec = {"/bin/cat"}
	idle_timeout = $((100 + $1))s
	environment = {"N=$1"}
}
END
	mv "$conf.new" "$conf"
}
# reload_until PATTERN N: SIGHUP; waits until the log has the pattern N times.
reload_until() {
	kill -HUP "$PID"
	wait_until 20 has_lines "$2" "$1" || fail "not in the log: $1, $2 times"
}

configure 0
start_tined -c "$conf"
logger=$(logger)
held="$(descriptors "$PID") $(descriptors "$logger")"
before=$(cat "$READY")
mapfile -t two < <(addresses two)
# A session that outlives them all.
talk "$ADDR_one"
same "before" one "$(say "$TALK" one)"
start_load "$tmp/load" "$ADDR_one" "${two[@]}"
good=0 bad=0
for n in {1..100}; do
	if [ $((n % 5)) -eq 0 ]; then
		printf 'log_level = info\nservice one { builtin = echo\nlisten = nowhere }\n' \
			>"$conf"
		bad=$((bad + 1))
		reload_until ' msg="reload refused' "$bad"
	else
		configure "$n"
		good=$((good + 1))
		reload_until '^notice reloaded' "$good"
	fi
done
end_load
echo "$DONE connections"
same "the connections that failed" 0 "$FAILED"
same "an old session" two "$(say "$TALK" two)"
exec {TALK}>&-
same "the reloads" "80 20" \
    "$(count_log '^notice reloaded') $(count_log 'msg="reload refused')"
# One line with the place of the error; two that the reload was refused.
same "the errors with their place" 20 "$(count_log "^error error .*$conf:3: ")"
same "the errors" 60 "$(count_log '^error ')"
# The configuration of the 99th is in effect.
same "the instances" 599 "$(state one instances)"
same "the addresses" "$before" "$(cat "$READY")"
for address in "$ADDR_one" "${two[@]}"; do
	echoes "$address" "after the reloads"
done

# The same main and logger, which hold no more than before; an acceptor each.
for service in one two; do
	wait_until 20 sessions_are "$service" 0 || fail "$service: sessions"
done
settled() {
	[ "$(pgrep -c -P "$PID")" -eq 3 ] &&
	    [ "$(descriptors "$PID") $(descriptors "$logger")" = "$held" ]
}
wait_until 20 settled ||
	fail "descriptors of main and logger: $held before, now $(holdings)"
same "the logger" "$logger" "$(logger)"
wait_until 10 no_zombies || fail "$(zombies) zombies"
# Each connection is accounted for: the load's, the talk, and three more.
same "accepted" $((DONE + 1 + 1 + ${#two[@]})) \
    $(($(state one accepted) + $(state two accepted)))
same "ended" $((DONE + 1 + 1 + ${#two[@]})) \
    $(($(state one ended) + $(state two ended)))
stop_tined
# No acceptor was restarted.
same "restarted" 0 "$(count_log '^error restarted')"
