# shellcheck shell=bash
# What the behaviour tests share: they drive the real programs, as a user
# would.  Port 0 only, nothing outside the test's own directory, and no sleep
# in the hope that something has happened: helpers wait for it, with a deadline.
#
#	. "$(dirname "$0")/../lib/behaviour.sh"
#	start_tined -l 127.0.0.1:0 -s echo
#	[ "$(echo hello | ask "$ADDR_echo")" = hello ] || fail "no echo"
#	stop_tined
#
# Exit status: 0 passed, 77 skipped, anything else failed.

set -u

top_srcdir=${abs_top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
top_builddir=${abs_top_builddir:-$PWD}
TINED=${TINED:-$top_builddir/tined}
# The program itself, where TINED is a script of a variant.
TINED_FILE=${TINED_FILE:-$TINED}
TINED_ACCEPTOR=${TINED_ACCEPTOR:-$top_builddir/tined-acceptor}
TINE=${TINE:-$top_builddir/tine}
: "${WIDE_SANDBOX:=$(sed -n 's/^#define WIDE_SANDBOX //p' \
    "$top_builddir/config.h")}"
export TINED TINED_FILE TINED_ACCEPTOR TINE top_srcdir top_builddir

# The default control socket is the machine's: each test mounts a directory of
# its own there.
: "${RUNSTATEDIR:=$(sed -n 's/^runstatedir = //p' "$top_builddir/Makefile")}"
if [ "$(id -u)" -eq 0 ] && [ -z "${OWN_RUN:-}" ] &&
	[ -d "${RUNSTATEDIR:-/nowhere}" ] && unshare -m true 2>/dev/null; then
	mkdir -p "$RUNSTATEDIR/tined"
	# shellcheck disable=SC2016 # of the new shell
	OWN_RUN=1 exec unshare -m bash -c \
		'mount -t tmpfs -o mode=0755 tmpfs "$1" && shift && exec bash "$@"' \
		bash "$RUNSTATEDIR/tined" "$0" "$@"
fi

# Tests raise their own soft limit of descriptors; the variant nofile-32 and
# some tests lower that of tined.
[ "$(ulimit -Sn)" != unlimited ] && [ "$(ulimit -Sn)" -lt 1024 ] &&
	{ ulimit -Sn 1024 || ulimit -Sn "$(ulimit -Hn)"; } 2>/dev/null

# The directory of this test; its path is short, for the sake of sun_path.
# Services run as another user and must be able to enter it.
tmp=$(mktemp -d "${TMPDIR:-/tmp}/tined.XXXXXX") || exit 99
chmod 0755 "$tmp"
daemons=()	# pids of every tined that was started
logs=()		# their standard error
others=()	# pids that the test gave to `record`
declare -A births=()	# their start times: a pid may be reused
crashed=none	# a pid whose crash the test wants: no sanitizer's finding
at_end=()	# commands that the test gave to `finally`
PID=	# of the last tined
LOG=	# its standard error
READY=	# its ready lines, `SERVICE ADDRESS`

# ------------------------------------------------------------------- verdicts

skip() {
	echo "skipped: $*"
	exit 77
}

# With few descriptors (a variant) a start or a reload of tined may fail with
# that message: then the test is skipped.
too_few='Too many open files|rlimit_nofile: Operation not permitted'
fail() {
	[ -z "${FEW_FILES:-}" ] || ! grep -Eqs "$too_few" "${logs[@]}" ||
		skip "tined needs more than $FEW_FILES descriptors for this, and says so"
	echo "failed: $*" >&2
	exit 1
}

# require TOOL...: the test is skipped where one is missing.
require() {
	local tool
	for tool; do
		command -v "$tool" >/dev/null 2>&1 || skip "$tool is missing"
	done
}

require_root() {
	[ "$(id -u)" -eq 0 ] || skip "only root can"
}

# in_namespaces OPTION...: runs the whole test again where unshare(1) brings it
# with these options; lo is up in a network of its own.
in_namespaces() {
	[ -z "${IN_NAMESPACES:-}" ] || return 0
	[ "$(id -u)" -eq 0 ] || set -- --map-current-user --keep-caps "$@"
	unshare "$@" true 2>/dev/null || skip "no namespaces are to be had"
	trap - EXIT
	rm -rf "$tmp"
	IN_NAMESPACES=1 exec unshare "$@" bash -c \
		'ip link set lo up 2>/dev/null; exec bash "$0"' "$0"
}

# own_dev: a /dev of the test's own, in its mount namespace, without a log.
own_dev() {
	local node
	mkdir "$tmp/dev"
	mount -t tmpfs -o mode=0755 tmpfs "$tmp/dev" || skip "no tmpfs"
	for node in null zero full random urandom; do
		touch "$tmp/dev/$node"
		mount --bind "/dev/$node" "$tmp/dev/$node" ||
			skip "no bind mounts"
	done
	ln -s /proc/self/fd "$tmp/dev/fd"
	finally "umount -l $tmp/dev"
	mount --rbind "$tmp/dev" /dev || skip "no bind mounts"
}

# For tests of the sandbox itself: an instrumented build has a wider one.
require_sandbox() {
	[ "$WIDE_SANDBOX" = 0 ] || skip "built-ins have no sandbox in this build"
}

# require_kernel landlock|seccomp: for what cannot be without it.
require_kernel() {
	! "$top_builddir/tests/lib/without" "$1" ||
		skip "this kernel is without $1"
}

# A filter without the warnings about features that this kernel lacks, one for
# each service.
but_for_the_kernel() {
	if [ -n "$("$top_builddir/tests/lib/without")" ]; then
		grep -Ev "^${STAMP}warning sandbox service=[^ ]+ lacks=|(:[0-9]+|^tined): warning: [^ ]+: this kernel lacks "
	else
		cat
	fi
}

# nicer N: a nice value above the one that this test is run with, which need
# not be 0: lowering it takes a privilege.
nicer() {
	echo $(($(nice) + $1 < 19 ? $(nice) + $1 : 19))
}

# sees PID: whether this user may read that process's descriptors and memory;
# tined's own processes hide both from all but root.
sees() {
	readlink "/proc/$1/fd/0" >/dev/null 2>&1
}

# same WHAT EXPECTED GOT
same() {
	[ "$2" = "$3" ] ||
		fail "$1: expected $(printf %q "$2"), got $(printf %q "$3")"
}

# between WHAT LEAST GOT MOST: integers.
between() {
	if [ "$3" -lt "$2" ] || [ "$3" -gt "$4" ]; then
		fail "$1: $3 is not between $2 and $4"
	fi
}

# ------------------------------------------------------------------- waiting

now_ms() {
	local t=${EPOCHREALTIME/[.,]/}
	echo $((t / 1000))
}

# wait_until SECONDS COMMAND...: 0 once the command succeeds, 1 when it has
# not by then.
wait_until() {
	local until=$(($(now_ms) + $1 * 1000))
	shift
	until "$@"; do
		[ "$(now_ms)" -lt "$until" ] || return 1
		sleep 0.02
	done
}

# The time at the beginning of a line of the log.
STAMP='([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[.][0-9]{3}Z )?'

# untimed [FILE]: $LOG, or another one, without the times.
untimed() {
	sed -E "s/^$STAMP//" "${1:-$LOG}"
}

# in_log OPTION PATTERN [FILE]: grep of an extended regular expression in $LOG,
# or another one; a ^ at its beginning matches before the level.
in_log() {
	grep -E "$1" -e "${2/#^/^$STAMP}" "${3:-$LOG}"
}

# wait_for_log PATTERN [SECONDS]: as in_log, once it is there.
wait_for_log() {
	wait_until "${2:-10}" in_log -q "$1" ||
		fail "not in the log after ${2:-10} s: $1"
}

# count_log PATTERN: how many lines of $LOG have it, as in_log.
count_log() {
	in_log -c "$1" || :
}

has_lines() {
	[ "$(count_log "$2")" -ge "$1" ]
}

# wait_for_lines COUNT PATTERN [SECONDS]: at least so many of them in $LOG.
wait_for_lines() {
	wait_until "${3:-10}" has_lines "$1" "$2" ||
		fail "$(count_log "$2") lines instead of $1 in the log: $2"
}

# ended N PATTERN: whether exactly N end records of that pattern are logged.
ended() {
	[ "$(count_log "^info end .*$2")" -eq "$1" ]
}

# wait_for_ends N PATTERN [SECONDS]: so many of them, and no more.
wait_for_ends() {
	wait_until "${3:-10}" ended "$1" "$2" ||
		fail "not $1 but $(count_log "^info end .*$2") ends of: $2"
}

# end_of PATTERN KEY: the value in the last end record of that pattern.
end_of() {
	in_log -h "^info end .*$1" | tail -n 1 |
	    sed -n "s/.* $2=\([^ ]*\).*/\1/p"
}

# alive PID: where its birth is known (record, launch), it is that process: tests
# that run at the same time may use up all ids, so that one of a process that has
# ended is another's soon.
alive() {
	kill -0 "$1" 2>/dev/null &&
	    { [ -z "${births[$1]:-}" ] || [ "$(birth "$1")" = "${births[$1]}" ]; }
}

dead() {
	! alive "$1"
}

# ours PID: a child of this shell that lives.  While connections are forked by
# the ten thousand an id is soon another process's: that one is not waited for.
ours() {
	local stat parent
	{ stat=$(<"/proc/$1/stat"); } 2>/dev/null || return 1
	read -r _ parent _ <<<"${stat##*) }"
	[ "$parent" = $$ ]
}

not_ours() {
	! ours "$1"
}

# wait_exit PID [SECONDS]: waits for a child of this shell; its exit status.
wait_exit() {
	wait_until "${2:-10}" not_ours "$1" || fail "$1 lives after ${2:-10} s"
	wait "$1"
}

# ------------------------------------------------------------------ processes

# record PID: a process that must not outlive the test.
record() {
	others+=("$1")
	births[$1]=$(birth "$1")
}

# birth PID: when it was started, as the kernel counts; nothing if it is dead.
birth() {
	sed -n 's/.*) //p' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 20
}

# recorded PID: whether what has this id is still what was recorded; it need not
# be a child of this shell.
recorded() {
	[ -n "${births[$1]:-}" ] && alive "$1"
}

# finally COMMAND: to be run when the test ends, the last one first.
finally() {
	at_end=("$1" "${at_end[@]}")
}

# Every process below these, the pids themselves included.
descendants() {
	local all pid
	all=$(ps -e -o pid= -o ppid=)
	for pid; do
		awk -v root="$pid" '{ parent[$1] = $2 }
		END {
			print root
			for (p in parent)
				for (q = p; q in parent; q = parent[q])
					if (parent[q] == root) {
						print p
						break
					}
		}' <<<"$all"
	done
}

# acceptors [PID]: the acceptors of a tined, one a line.
acceptors() {
	pgrep -P "${1:-$PID}" -f 'tined-acceptor' || :
}

# logger: the pid of the last tined's.
logger() {
	pgrep -P "$PID" -f '^tined: logger'
}

# another_logger PID: whether there is another one than that.
another_logger() {
	local now
	now=$(logger) && [ "$now" != "$1" ]
}

clean_up() {
	local status=$? pid file left
	trap - EXIT TERM INT
	for pid in "${at_end[@]}"; do
		eval "$pid"
	done
	# Descendants are found only while their parents live.
	left=()
	for pid in "${daemons[@]}" "${others[@]}"; do
		if recorded "$pid"; then
			mapfile -t -O "${#left[@]}" left < <(descendants "$pid")
		fi
	done
	[ ${#left[@]} -eq 0 ] || kill -KILL "${left[@]}" 2>/dev/null
	wait 2>/dev/null
	for file in "${logs[@]}"; do
		if grep -E 'runtime error:|ERROR: [A-Za-z]*Sanitizer' "$file" |
		    grep -v "^==$crashed==ERROR"; then
			echo "failed: a sanitizer found something" >&2
			[ "$status" -ne 0 ] || status=1
		fi
	done
	if [ "$status" -ne 0 ] && [ "$status" -ne 77 ]; then
		for file in "${logs[@]}"; do
			echo "--- $(basename "$file"), its errors and last 200 lines"
			head -n -200 "$file" |
			    grep -aE '(^| )(error|warning) ' | head -n 20
			tail -n 200 "$file"
		done
	fi
	rm -rf "$tmp"
	exit "$status"
}
trap clean_up EXIT
trap 'echo "failed: ended by a signal" >&2; exit 1' TERM INT

# ---------------------------------------------------------------------- tined

# launch ARGUMENT...: starts a tined in the foreground and does not wait until
# it is ready.  Sets PID and LOG.
launch() {
	local n=${#daemons[@]}
	LOG=$tmp/log.$n
	logs+=("$LOG")
	"$TINED" -f "$@" 2>"$LOG" </dev/null >"$tmp/out.$n" &
	PID=$!
	daemons+=("$PID")
	births[$PID]=$(birth "$PID")
}

# try_tined ARGUMENT...: as start_tined; returns 1 when it ended before it was
# ready (then wait_exit "$PID" gives its exit status).
try_tined() {
	local n=${#daemons[@]} service address name fifo reader
	fifo=$tmp/fifo.$n
	READY=$tmp/ready.$n
	mkfifo "$fifo" || exit 99
	timeout "${READY_SECONDS:-30}" cat "$fifo" >"$READY" &
	reader=$!
	launch -r 9 "$@" 9>"$fifo"
	# Ready or dead, the pipe comes to its end.
	wait "$reader" ||
		fail "not ready after ${READY_SECONDS:-30} s: tined $*"
	rm -f "$fifo"
	[ -s "$READY" ] || return 1
	while read -r service address; do
		name=ADDR_${service//[^A-Za-z0-9]/_}
		# The first address of each service; $READY has them all.
		[ "${!name:-}" != "" ] && [ "${fresh[$name]:-}" ] && continue
		fresh[$name]=1
		printf -v "$name" %s "$address"
		export "${name?}"
	done <"$READY"
	unset fresh
	declare -gA fresh=()
}
declare -A fresh=()

# Acceptors set their titles, by which tests find them, a moment after ready.
titled() {
	! pgrep -P "$PID" -f '^tined-acceptor ' >/dev/null
}

# start_tined ARGUMENT...: starts a tined in the foreground and waits until it
# is ready.  Sets PID, LOG, READY and ADDR_<service>, the first address of each
# service (all but letters and digits of its name become _).
start_tined() {
	if try_tined "$@"; then
		wait_until 10 titled || fail "an acceptor has no title"
		return
	fi
	fail "ended before it was ready: tined $*"
}

# start_conf: start_tined with the configuration on standard input; its file is
# $conf.
start_conf() {
	conf=$(config)
	start_tined -c "$conf"
}

# refuses STATUS PATTERN ARGUMENT...: a tined with these arguments must exit
# with STATUS before it has served anything, and say PATTERN, an extended
# regular expression, on one of its lines.
refuses() {
	local expected=$1 pattern=$2 status=0
	shift 2
	timeout "${READY_SECONDS:-20}" "$TINED" "$@" </dev/null >"$tmp/refused.out" \
		2>"$tmp/refused.err" || status=$?
	cat "$tmp/refused.err"
	same "tined $*: exit status" "$expected" "$status"
	grep -Eq -- "$pattern" "$tmp/refused.err" ||
		fail "tined $*: did not say $pattern"
}

# stop_tined [PID]: stops it; it must exit with 0 within 40 s.
stop_tined() {
	local pid=${1:-$PID} status=0
	kill -TERM "$pid" || fail "tined had ended already"
	wait_exit "$pid" 40 || status=$?
	[ "$status" -eq 0 ] || fail "tined exited with $status"
}

# service_manager [COMMAND...]: a service manager's end of NOTIFY_SOCKET, which
# is exported, by python3 below a command; what it is sent goes to $tmp/said
# (see notified.py).
service_manager() {
	rm -f "$tmp/notify" "$tmp/said"
	"$@" python3 "$top_srcdir/tests/lib/notified.py" "$tmp/notify" \
	    >"$tmp/said" &
	record $!
	wait_until 10 grep -qs '^ready' "$tmp/said" || fail "no service manager"
	export NOTIFY_SOCKET=$tmp/notify
}

# watchdog_gap [LINE]: the longest time between two messages of the watchdog in
# $tmp/said, from that line on, in milliseconds; nothing if there are none.
watchdog_gap() {
	tail -n "+${1:-2}" "$tmp/said" | awk '{ ms += $1 }
	/WATCHDOG=1/ {
		if (n++ > 0 && ms > most)
			most = ms
		ms = 0
	}
	END { if (n > 1) print most }'
}

# config: writes standard input to a file of its own; prints its path.
config() {
	local file
	file=$(mktemp "$tmp/conf.XXXXXX") || exit 99
	chmod 0644 "$file"
	cat >"$file"
	echo "$file"
}

# addresses SERVICE: all addresses of a service, one a line.
addresses() {
	awk -v service="$1" '$1 == service { print $2 }' "$READY"
}

# -------------------------------------------------------------------- clients

# socat_address ADDRESS: an address of tined as socat writes it.
socat_address() {
	case $1 in
	unix:@*) echo "ABSTRACT-CONNECT:${1#unix:@}" ;;
	unix:*) echo "UNIX-CONNECT:${1#unix:}" ;;
	'['*) echo "TCP6:$1" ;;
	*) echo "TCP4:$1" ;;
	esac
}

# port ADDRESS, host ADDRESS: its parts, the host without brackets.
port() {
	echo "${1##*:}"
}

host() {
	local h=${1%:*}
	h=${h#[}
	echo "${h%]}"
}

# ask ADDRESS [SECONDS]: sends standard input, half-closes, prints the reply.
ask() {
	timeout "${2:-10}" socat -t "${2:-10}" - "$(socat_address "$1")"
}
