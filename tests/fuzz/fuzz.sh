#!/bin/bash
# Builds the fuzz targets for each engine, runs them, and prints a table.
#
#	tests/fuzz/fuzz.sh BUILDDIR
#
# `make fuzz` calls it; see README.md beside it.  From the environment:
# FUZZ_TIME (seconds for a target and an engine), FUZZ_TARGETS (all), FUZZ_ENGINE
# (libfuzzer, afl, both), FUZZ_JOBS (targets at a time), FUZZ_CPPFLAGS,
# FUZZ_LIBS.  What it makes is in BUILDDIR/fuzz.

set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 1
tree=$(cd "$here/../.." && pwd) || exit 1
builddir=${1:?"BUILDDIR is missing"}
out=$builddir/fuzz
seconds=${FUZZ_TIME:-60}
mkdir -p "$out/log" || exit 1

# ------------------------------------------------------------------ engines

# has ENGINE: whether it is installed.
has() {
	case $1 in
	libfuzzer)
		echo 'int LLVMFuzzerTestOneInput(const char *p, unsigned long n)
		{ return p == 0 && n > 0; }' |
		    clang -fsanitize=fuzzer,address,undefined -x c \
			-o "$out/log/probe" - >"$out/log/probe.log" 2>&1
		;;
	afl)
		command -v afl-clang-fast >/dev/null &&
		    command -v afl-fuzz >/dev/null
		;;
	esac
}

# The engines that are wanted and there, one a line.
engines() {
	local engine found=no
	for engine in libfuzzer afl; do
		case ${FUZZ_ENGINE:-both} in
		"$engine" | both) ;;
		*) continue ;;
		esac
		if has "$engine"; then
			echo "$engine"
			found=yes
		elif [ "${FUZZ_ENGINE:-both}" = "$engine" ]; then
			echo "fuzz: $engine is not installed:" \
			    "./bootstrap tools" >&2
			return 1
		fi
	done
	[ "$found" = yes ] && return
	echo "fuzz: neither libFuzzer nor AFL++ is installed:" \
	    "./bootstrap tools" >&2
	return 1
}

targets() {
	local name file
	for name in ${FUZZ_TARGETS:-}; do
		[ -e "$here/fuzz_$name.c" ] || {
			echo "fuzz: $name: no such target" >&2
			return 1
		}
		echo "$name"
	done
	[ -z "${FUZZ_TARGETS:-}" ] || return 0
	for file in "$here"/fuzz_*.c; do
		name=${file##*/fuzz_}
		echo "${name%.c}"
	done
}

# build ENGINE
build() {
	mkdir -p "$out/$1" || return 1
	# The make that called this one is not to be asked for its jobs.
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL AFL_QUIET=1 \
	    make -s -j "${FUZZ_JOBS:-1}" -C "$out/$1" -f "$here/fuzz.mk" \
	    ENGINE="$1" top_srcdir="$tree" top_builddir="$builddir" \
	    FUZZ_CPPFLAGS="${FUZZ_CPPFLAGS:-}" FUZZ_LIBS="${FUZZ_LIBS:-}" \
	    FUZZ_TARGETS="${FUZZ_TARGETS:-}"
}

# ---------------------------------------------------------------- one target

# last FILE PATTERN: the last line that has it.
last() {
	grep -a -e "$2" "$1" 2>/dev/null | tail -n 1
}

# number KEY LINE: what follows `KEY: ` in the line; 0.
number() {
	printf '%s\n' "$2" | sed -n "s|.*$1: *\([0-9]*\).*|\1|p" | grep . ||
	    echo 0
}

# row TARGET ENGINE EXECUTIONS PER-SECOND COVERAGE CORPUS FINDINGS
row() {
	printf '%s\n' "$*" >"$out/log/$1.$2.row"
}

run_libfuzzer() {
	local name=$1 log=$out/log/$1.libfuzzer.log first final found=0
	local corpus=$out/corpus/$1 findings=$out/findings/$1
	local words=$here/dict/$1
	[ -e "$words" ] || words=
	"$out/libfuzzer/fuzz_$name" -max_total_time="$seconds" \
	    -rss_limit_mb=1024 -timeout=20 -print_final_stats=1 \
	    -close_fd_mask=1 -artifact_prefix="$findings/" \
	    ${words:+-dict="$words"} \
	    "$corpus" "$here/seeds/$name" >"$log" 2>&1 || found=1
	first=$(last "$log" 'INITED')
	final=$(last "$log" 'cov: ')
	row "$name" libfuzzer \
	    "$(number number_of_executed_units \
		"$(last "$log" number_of_executed)")" \
	    "$(number average_exec_per_sec "$(last "$log" average_exec)")" \
	    "$(number cov "$first")->$(number cov "$final")" \
	    "$(find "$corpus" -type f | wc -l)" "$found"
	return "$found"
}

run_afl() {
	local name=$1 log=$out/log/$1.afl.log work=$out/afl-$1
	local findings=$out/findings/$1 words=$here/dict/$1
	local stats found=0 file
	[ -e "$words" ] || words=
	stats=$work/out/default/fuzzer_stats
	rm -rf "$work"
	mkdir -p "$work/in"
	cp "$here/seeds/$name"/* "$work/in/"
	# A hang is as long as libFuzzer's: the machine may be busy.
	AFL_NO_UI=1 AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1 AFL_HANG_TMOUT=20000 \
	    AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 \
	    afl-fuzz -V "$seconds" -m none -t 5000 ${words:+-x "$words"} \
	    -i "$work/in" -o "$work/out" -- "$out/afl/fuzz_$name" >"$log" 2>&1 || found=1
	# It goes on without a seed that crashes.
	! grep -aq 'results in a crash, skipping' "$log" || found=1
	for file in "$work"/out/default/{crashes,hangs}/id*; do
		[ -e "$file" ] || continue
		cp "$file" "$findings/afl-$(sha1sum <"$file" | cut -c1-16)"
		found=1
	done
	# What it has found is libFuzzer's next time.
	for file in "$work"/out/default/queue/id*; do
		[ -e "$file" ] || continue
		case $file in
		*orig:*) ;;
		*) cp "$file" "$out/corpus/$name/$(sha1sum <"$file" |
		    cut -c1-40)" ;;
		esac
	done
	row "$name" afl "$(number 'execs_done *' "$(last "$stats" execs_done)")" \
	    "$(number 'execs_per_sec *' "$(last "$stats" execs_per_sec)")" \
	    "$(last "$stats" bitmap_cvg | sed 's/.*: //')" \
	    "$(number 'corpus_count *' "$(last "$stats" corpus_count)")" \
	    "$found"
	return "$found"
}

# ---------------------------------------------------------------------- main

if [ "${2:-}" = one ]; then
	mkdir -p "$out/corpus/$4" "$out/findings/$4"
	"run_$3" "$4"
	exit
fi

engines=$(engines) || exit 1
targets=$(targets) || exit 1
for engine in $engines; do
	echo "fuzz: building for $engine"
	build "$engine" || exit 1
done
echo "fuzz: $(echo "$targets" | wc -l) targets, $seconds s for each of" \
    "$(echo "$engines" | wc -l) engines"
rm -f "$out"/log/*.row
for name in $targets; do
	for engine in $engines; do
		echo "$engine" "$name"
	done
done | xargs -P "${FUZZ_JOBS:-1}" -n 2 "$here/fuzz.sh" "$builddir" one
status=$?

{
	echo target engine executions per_s coverage corpus findings
	cat "$out"/log/*.row
} | awk '{ printf "%-10s %-10s %12s %8s %14s %7s %9s\n",
    $1, $2, $3, $4, $5, $6, $7 }'
if [ "$status" -ne 0 ]; then
	echo "fuzz: findings, each to be reproduced with" \
	    "$out/{libfuzzer,afl}/fuzz_NAME FILE; logs in $out/log:"
	find "$out/findings" -type f
	exit 1
fi
