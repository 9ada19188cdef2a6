#!/bin/bash
# Failure case 53: a flood of connections under the shipped unit: the journal
# has the end of each.  JOURNAL_CONNECTIONS=110000 is the whole of it: there
# tined may count records as lost where the journal does not get the processor
# time that it needs (30 us for each, measured).
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/systemd.sh"
require socat make

N=${JOURNAL_CONNECTIONS:-6000}
# The journal's own limit depends on its disk; here so many messages of a unit
# in 30 s are too many.  What comes is kept.
SD_JOURNAL='RateLimitIntervalSec=30s
RateLimitBurst=500
RuntimeMaxUse=3G
RuntimeKeepFree=1M'
sd_install
sd_boot
sd_units
configure <<'EOF2'
service echo {
    listen     = {"127.0.0.1:7"}
    builtin    = echo
    per_source = 4096
}
EOF2
sd systemctl start tined.service || fail "start"
sd_state tined.service active

# in_sd COMMAND...: as sd, for as long as it takes.
in_sd() {
	nsenter -t "$SD_PID" -a -- "$@"
}
# ends: how many ends of sessions the journal has.
ends() {
	in_sd journalctl --no-pager -o cat TINED_EVENT=end | wc -l
}
# lost: how many records were counted as lost.
lost() {
	in_sd journalctl --no-pager -o cat TINED_EVENT=lost |
		sed -n 's/.* records=\([0-9]*\).*/\1/p' |
		awk '{ n += $1 } END { print n + 0 }'
}

start=$(now_ms)
in_sd "${SD_SBIN%/sbin}/bin/tine" bench -c 32 -N "$N" 127.0.0.1:7 \
    >"$tmp/bench" 2>&1 || {
	cat "$tmp/bench"
	fail "the load"
}
ms=$(($(now_ms) - start))
echo "$N connections in $ms ms"

# What is left in pipes and sockets follows.
all() {
	[ $(($(ends) + $(lost))) -ge "$N" ]
}
wait_until $((20 + N / 500)) all || {
	in_sd journalctl --no-pager -o cat | grep -i suppress
	fail "$(ends) of $N ends are in the journal, $(lost) were lost"
}
took=$(($(now_ms) - start))
echo "$(ends) ends in the journal after $took ms, $(lost) lost"
same "ends in the journal and lost" "$N" $(($(ends) + $(lost)))
[ -n "${JOURNAL_CONNECTIONS:-}" ] || same "lost" 0 "$(lost)"
sd systemctl stop tined.service || fail "stop"
