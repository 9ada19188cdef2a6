#!/bin/bash
# Goal of this test: the short form of `make soak`: after a mixed load with
# reloads, kills and a full log every connection is accounted for.
. "$(dirname "$0")/../lib/behaviour.sh"
require python3
[ -x "$TINE" ] || skip "tine is missing: it is a part of the load"
[ -z "${FEW_FILES:-}" ] || skip "its services need more than $FEW_FILES descriptors"
[ "$(ulimit -n)" -ge 256 ] || skip "too few descriptors for the clients"

python3 -B "$top_srcdir/tests/soak/soak.py" --builddir "$top_builddir" \
    --out "$tmp/soak" --seed 7 --workers 12 --pace 0.5 10s >"$tmp/out" 2>&1 &
soak=$!
record "$soak"
status=0
wait_exit "$soak" 250 || status=$?
cat "$tmp/out"
[ "$status" -ne 77 ] || exit 77
logs+=("$tmp/soak/log")
[ "$status" -eq 0 ] || fail "the accounts do not agree"
rm -f "$tmp/soak/log"
logs=()
exit 0
