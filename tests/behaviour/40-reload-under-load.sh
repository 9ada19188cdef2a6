#!/bin/bash
# Goal of this test: a hundred reloads under load, some with a broken file,
# lose no connection.
# shellcheck source=../lib/behaviour.sh
. "$(dirname "$0")/../lib/behaviour.sh"
# shellcheck source=../lib/crowd.sh
. "$(dirname "$0")/../lib/crowd.sh"
require socat python3

conf=$(config <<'END'
END
)
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

# reload PATTERN N: until the log has the pattern so often.
reload_until() {
	kill -HUP "$PID"
	wait_until 20 test_events "$1" "$2" || fail "not in the log: $1, $2 times"
}
test_events() {
	[ "$(count_log "$1")" -ge "$2" ]
}

configure 0
start_tined -c "$conf"
mapfile -t two < <(addresses two)
start_load "$tmp/load" "$ADDR_one" "${two[@]}"
good=0 bad=0
for n in {1..100}; do
	if [ $((n % 5)) -eq 0 ]; then
		echo 'service one { listen = nowhere }' >"$conf"
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
same "the reloads" "80 20" \
    "$(count_log '^notice reloaded') $(count_log 'msg="reload refused')"
wait_for_log "^error error .*$conf:1: "
# What is in effect is that of the 99th.
same "the instances" 599 "$(state one instances)"
stop_tined
# No acceptor was lost on the way.
same "restarted" 0 "$(count_log '^error restarted')"
exit 0
