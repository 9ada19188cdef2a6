#!/bin/bash
# Goal of this test: umask, nice and resource limits apply to a program as they
# are configured, and not to the acceptor.
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/programs.sh"
require socat

show=$(program show <<'END'
#!/bin/sh
grep '^Umask' /proc/self/status | tr -d '[:blank:]'
echo "nice $(nice)"
sed -n 's/^Max \(cpu time\|file size\|core file size\|processes\|open files\|address space\) *\([^ ]*\) *\([^ ]*\) .*/\1: \2 \3/p' \
    /proc/self/limits | sort
END
)
spin=$(program spin <<'END'
#!/bin/sh
while :; do :; done
END
)
write=$(program write <<'END'
#!/bin/sh
exec head -c 100000 /dev/zero >"$FILE"
END
)
# Limits that can be lowered and raised again.
ulimit -S -n 300
ulimit -H -n 400
processes=$(ulimit -H -u)
[ "$processes" != unlimited ] || processes=100000
ulimit -S -u $((processes - 1))
ulimit -H -c unlimited 2>/dev/null || ulimit -S -c 0

nicer=$(nicer 7)
mkdir "$tmp/d"
served_by "$tmp/d"
start_conf <<END
defaults { listen = {"127.0.0.1:0"} exec = {"$show"} }
service inherited { }
service all {
	umask = 0137
	nice = $nicer
	rlimit_nofile = 99
	rlimit_as = 512M
	rlimit_cpu = 17s
	rlimit_nproc = $((processes - 2))
	rlimit_fsize = 1M
	rlimit_core = 4096
}
service core { rlimit_core = 8192 sandbox = off }
service cpu { exec = {"$spin"} rlimit_cpu = 1s }
service fsize {
	exec = {"$write"}
	environment = {"FILE=$tmp/d/file"}
	rlimit_fsize = 64k
}
END

# limit NAME [PID]: soft and hard, as this shell or another process has it.
limit() {
	sed -n "s/^Max $1 *\([^ ]*\) *\([^ ]*\) .*/$1: \1 \2/p" \
	    "/proc/${2:-self}/limits"
}
# hard NAME
hard() {
	limit "$1" | sed 's/.* //'
}
got=$(ask "$ADDR_inherited" </dev/null)
same "what is inherited" "Umask:0022
nice $(nice)
$(limit 'address space')
core file size: 0 0
$(limit 'cpu time')
$(limit 'file size')
open files: 300 400
$(limit processes)" "$got"
same "all of them" "Umask:0137
nice $nicer
address space: 536870912 $(hard 'address space')
core file size: 4096 4096
cpu time: 17 $(hard 'cpu time')
file size: 1048576 $(hard 'file size')
open files: 99 400
processes: $((processes - 2)) $(hard processes)" "$(ask "$ADDR_all" </dev/null)"
same "core without a sandbox" "core file size: 8192 $(hard 'core file size')" \
    "$(ask "$ADDR_core" </dev/null | grep '^core')"

# The acceptor keeps its limits, but raises its soft limit of descriptors.
for pid in $(acceptors); do
	same "descriptors of $pid" "open files: 400 400" \
	    "$(limit 'open files' "$pid")"
	same "nice of $pid" "$(nice)" "$(ps -o ni= -p "$pid" | xargs)"
done

ask "$ADDR_cpu" 100 </dev/null &
ask "$ADDR_fsize" </dev/null
wait_for_ends 1 "service=fsize .*(exit=1|signal=25)"
same "the file" 65536 "$(stat -c %s "$tmp/d/file")"
wait_for_ends 1 "service=cpu .*signal=24 " 100
us=$(($(end_of service=cpu utime_us) + $(end_of service=cpu stime_us)))
between "microseconds of one second" 500000 "$us" 2500000
stop_tined

# An inherited nice value is kept, without a privilege.
printf '#!/bin/sh\nexec %s"%s" "$@"\n' \
    "nice -n $((nicer - $(nice))) $([ "$(id -u)" -ne 0 ] ||
	echo setpriv --reuid=65534 --regid=65534 --clear-groups) " \
    "$TINED" >"$tmp/nicer"
chmod 0755 "$tmp/nicer"
if "$tmp/nicer" -V >"$tmp/version" 2>&1; then
	real=$TINED TINED=$tmp/nicer
	start_tined -l 127.0.0.1:0 -- "$show"
	ask "$ADDR_show" </dev/null | grep '^nice' >"$tmp/got"
	same "an inherited nice value" "nice $nicer" "$(cat "$tmp/got")"
	stop_tined
	TINED=$real
fi

# Raising takes a capability that root need not have.
if (ulimit -H -n 777) 2>/dev/null; then
	start_tined -l 127.0.0.1:0 -o nice=-5 -o rlimit_nofile=777 -- "$show"
	got=$(ask "$ADDR_show" </dev/null)
	grep -qx 'nice -5' <<<"$got" || fail "nice: $got"
	grep -qx 'open files: 777 777' <<<"$got" || fail "descriptors: $got"
	same "nice of the acceptor" "$(nice)" \
	    "$(ps -o ni= -p "$(acceptors)" | xargs)"
	stop_tined
else
	! try_tined -l 127.0.0.1:0 -o rlimit_nofile=777 -- "$show" ||
		fail "a limit was raised that cannot be"
	status=0
	wait_exit "$PID" || status=$?
	[ "$status" -ne 0 ] || fail "it ended with 0"
	same "what it says" \
	    "tined: show: confinement: rlimit_nofile: Operation not permitted" \
	    "$(cat "$LOG")"
fi
exit 0
