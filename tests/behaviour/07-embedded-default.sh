#!/bin/bash
# Goal of this test: tined -f without any file serves echo on 7007 and whoami on
# 7008.
. "$(dirname "$0")/../lib/behaviour.sh"
require socat ip mount
in_namespaces -n -m

# Where a configuration is installed, it is not in this mount namespace.
installed=$("$TINED" -V | sed -n 's/^ *config *//p')
directory=$(dirname "$installed")
[ ! -d "$directory" ] || mount -t tmpfs tmpfs "$directory" ||
	skip "cannot hide $directory"

start_tined
same "the listeners" "echo 7007 whoami 7008" \
	"$(sed 's/ .*:/ /' "$READY" | sort -u | xargs)"
same "echo on 7007" hello "$(echo hello | ask 127.0.0.1:7007)"
ask 127.0.0.1:7008 </dev/null | grep -qx 'service: whoami' || fail "no whoami"
wait_for_log '^notice default msg=.*built-in default'
stop_tined

"$TINED" -f -T | grep -q 'listen = {"localhost:7007"}' || fail "-f -T"

# Without -f it is an error: nobody gets a daemon by accident.
refuses 78 "^$installed:1: No such file or directory$"
refuses 78 "^$installed:1: No such file or directory$" -t
# A file that was named must be there.
refuses 78 '^/nonexistent:1: ' -f -c /nonexistent
