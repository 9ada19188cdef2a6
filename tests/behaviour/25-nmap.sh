#!/bin/bash
# Goal of this test: nmap -sV is served by every built-in over TCP4 and TCP6.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/clients.sh"
require nmap

serve_all -p "$tmp/pid"
nmaps=()
for family in 4 6; do
	ports=
	for service in chargen daytime time whoami; do
		ports=$ports,$(port "$(at $service tcp$family)")
	done
	case $family in
	4) target=127.0.0.1 ;;
	6) target='-6 ::1' ;;
	esac
	# Its probes are hostile enough: every port must stay as it is.
	# shellcheck disable=SC2086 # two words
	timeout 60 nmap -sT -sV --version-intensity 1 -n -Pn -p "${ports#,}" \
		$target >"$tmp/out.$family" 2>&1 &
	nmaps+=($!)
	# These answer no greeting: as few probes as may be.
	# shellcheck disable=SC2086
	timeout 60 nmap -sT -sV --version-intensity 0 -n -Pn $target \
		-p "$(port "$(at discard tcp$family)"),$(port "$(at echo tcp$family)")" \
		>"$tmp/silent.$family" 2>&1 &
	nmaps+=($!)
done
for family in 4 6; do
	wait "${nmaps[0]}" || fail "nmap: $(cat "$tmp/out.$family")"
	wait "${nmaps[1]}" || fail "nmap: $(cat "$tmp/silent.$family")"
	nmaps=("${nmaps[@]:2}")
	same "open ports over IPv$family" 6 \
		"$(cat "$tmp/out.$family" "$tmp/silent.$family" |
			grep -Ec '^[0-9]+/tcp +open')"
	for service in chargen daytime time; do
		grep -Eq "^$(port "$(at $service tcp$family)")/tcp +open +$service" \
			"$tmp/out.$family" || {
			cat "$tmp/out.$family"
			fail "$service was not recognised"
		}
	done
done
printf %s "$GREETING" | ask "$(at echo tcp4)" >"$tmp/out"
check_reply echo "$tmp/out"
alive "$PID" || fail "tined has ended"
untimed | grep -E '^error|signal=' && fail "the above in the log"
stop_tined
