#!/bin/bash
# Goal of this test: the programs are position independent, their relocations
# are read-only from the start, no memory is writable and executable, and only
# text is executable, in the files and in the processes.
. "$(dirname "$0")/../lib/behaviour.sh"
require readelf
grep -q -e '-fstack-protector-strong' "$top_builddir/Makefile" ||
	skip "built with --disable-hardening"
[ "$WIDE_SANDBOX" = 0 ] || skip "an instrumented build"

for program in "$TINED_FILE" "$TINED_ACCEPTOR" "$TINE"; do
	name=${program##*/}
	readelf -W -h -l -d -s "$program" >"$tmp/elf" 2>/dev/null ||
		skip "$name is not an ELF file"
	# says PATTERN: readelf does.
	says() {
		grep -Eq -- "$1" "$tmp/elf" || fail "$name: no $1"
	}
	says '^ *Type: *DYN '
	says '^ *GNU_RELRO '
	says '^ *GNU_STACK .* RW +0x'
	says '\((FLAGS|FLAGS_1|BIND_NOW)\).*NOW'
	# A static program that was stripped has no names.
	[ "$program" = "$TINED_ACCEPTOR" ] || says '__stack_chk_fail'
	# readelf prints a segment's flags before its alignment.
	grep -E '^ *LOAD .* RWE +0x' "$tmp/elf" &&
		fail "$name: a segment that is writable and executable"
	# What is in the segments that are executable.
	awk '/^Program Headers:/ { headers = 1; next }
	/Section to Segment mapping/ { headers = 0; mapping = 1; next }
	headers && NF > 0 && $1 !~ /^(\[|Type)/ {
		if (/^ *LOAD .* R E +0x/)
			code[n + 0] = 1
		n++
	}
	mapping && $1 ~ /^[0-9]+$/ && ($1 + 0) in code' "$tmp/elf" >"$tmp/code"
	grep -q '\.text' "$tmp/code" || fail "$name: no segment has the text"
	! grep -E '\.(rodata|eh_frame)' "$tmp/code" ||
		fail "$name: its constants can be executed"
done

start_tined -l 127.0.0.1:0 -s echo
for pid in $(descendants "$PID"); do
	maps=/proc/$pid/maps
	sees "$pid" || continue
	grep -E '^[^ ]+ .wx' "$maps" &&
		fail "$pid has memory that is writable and executable"
	grep -E '^[^ ]+ r.x. 00000000 .*/tined' "$maps" &&
		fail "the headers of $pid can be executed"
done
stop_tined
