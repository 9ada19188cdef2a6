#!/bin/bash
# Goal of this test: log_peer shows a whole address, its network or none,
# wherever one is printed.
. "$(dirname "$0")/../lib/behaviour.sh"
require socat

# events PEER: every event that has an address, with this log_peer.
events() {
	local file
	file=$(config <<-END
	log_peer = $1
	log_level = debug
	service echo { listen = {"127.0.0.1:0", "[::1]:0", "unix:$tmp/s"} builtin = echo }
	service closed { listen = {"127.0.0.1:0", "[::1]:0"} builtin = echo
		no_access = {"127.0.0.0/8", "::1"} }
	service talks { listen = {"127.0.0.1:0"} exec = {"/bin/sh", "-c", "echo said >&2"} }
	service broken { listen = {"127.0.0.1:0"} exec = {"$tmp/program"} }
	END
	)
	start_tined -c "$file"
	rm "$tmp/program"
	while read -r _ address; do
		echo hello | ask "$address" >/dev/null 2>&1
	done <"$READY"
	all_there() {
		[ "$(count_log '^info end service=echo ')" -eq 3 ] &&
			[ "$(count_log '^notice refused service=closed')" -ge 1 ] &&
			[ "$(count_log '^info end service=talks ')" -eq 1 ] &&
			[ "$(count_log '^info stderr service=talks ')" -eq 1 ] &&
			[ "$(count_log '^info end service=broken ')" -eq 1 ]
	}
	wait_until 10 all_there || fail "not all events are there"
	kill -USR1 "$PID"
	wait_for_log '^notice state '
	stop_tined
	# What a peer may be seen in: not listeners, not local addresses.
	untimed | sed 's/ local=[^ ]*//; /^notice listening/d' >"$tmp/seen"
}
printf '#!/bin/sh\n' >"$tmp/program"
chmod 755 "$tmp/program"
cp "$tmp/program" "$tmp/kept"

events full
for pattern in 'start service=echo .*peer=127\.0\.0\.1:[0-9]+' \
	'end service=echo .*peer=127\.0\.0\.1:[0-9]+ ' \
	'end service=echo .*peer="?\[::1\]:[0-9]+"? ' \
	"end service=echo .*peer=\"?uid[:=]$(id -u),gid[:=]$(id -g),pid[:=][0-9]+\"? " \
	'refused service=closed .*peer=.*(127\.0\.0\.1|::1)'; do
	grep -Eq "$pattern" "$tmp/seen" || fail "full: no $pattern"
done

cp "$tmp/kept" "$tmp/program"
events prefix
grep -E '127\.0\.0\.1|::1|pid[:=][0-9]+,|gid' "$tmp/seen" |
	grep -E 'peer=' | grep -E '127\.0\.0\.1|\[?::1\]?|gid[:=]' && fail "prefix: the above"
for pattern in 'end service=echo .*peer=127\.0\.0\.0/24 ' \
	'end service=echo .*peer=::/56 ' \
	"end service=echo .*peer=\"?uid[:=]$(id -u)\"? " \
	'refused service=closed .*peer=(127\.0\.0\.0/24|::/56)'; do
	grep -Eq "$pattern" "$tmp/seen" || fail "prefix: no $pattern"
done

cp "$tmp/kept" "$tmp/program"
events none
grep -E '127\.0\.0|::|uid|gid|/24|/56' "$tmp/seen" && fail "none: the above"
exit 0
