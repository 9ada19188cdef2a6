#!/bin/bash
# Failure case 2: accept fails with ENFILE, ENOBUFS or ENOMEM: as with EMFILE,
# it pauses, logs the missing resource once a second, uses no time, and
# recovers.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/crowd.sh"
. "$(dirname "$0")/../lib/failure.sh"
require socat strace

start_tined -l 127.0.0.1:0 -s echo
echoes "$ADDR_echo" "before"
wait_until 10 sessions_are echo 0 || fail "the first session is still counted"
remember
starved ENFILE 20 fs.file-max
starved ENOBUFS 20 '"memory, net.ipv4.tcp_mem"'
starved ENOMEM 20 '"memory, net.ipv4.tcp_mem"'
unchanged
stop_tined
