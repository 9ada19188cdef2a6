#!/bin/bash
# Goal of this test: a program finds the environment, ids, umask, signals and group that the manual says.
# shellcheck source=../lib/behaviour.sh
. "$(dirname "$0")/../lib/behaviour.sh"
require socat

cat >"$tmp/program" <<'END'
#!/bin/bash
/usr/bin/env -0 | LC_ALL=C sort -z | tr '\0' '\n' | grep -v '^_='
echo "args: $*"
echo "umask: $(umask)"
echo "nice: $(nice)"
echo "cwd: $(pwd)"
read -r pid _ _ _ pgrp _ </proc/$$/stat
[ "$pid" = "$pgrp" ] && echo "group: own"
echo "nofile: $(ulimit -Sn)"
echo "core: $(ulimit -Sc)"
# Not the shell's own, which changes some of it.
exec grep -E '^(Sig(Blk|Ign|Cgt)|Uid|Gid|Groups|NoNewPrivs)' /proc/self/status
END
chmod 755 "$tmp/program"
file=$(config <<END
service tcp { listen = {"127.0.0.1:0"} exec = {"$tmp/program", "one", "two three"}
	umask = 027 nice = $(nicer 3) directory = "$tmp" rlimit_nofile = 77
	environment = {"ADDED=a b", "BOTH=environment"}
	pass_environment = {"PASSED", "BOTH", "UNSET"} }
service unix { listen = {"unix:$tmp/s"} exec = {"$tmp/program"} }
END
)
# What must not get through, and a parent that ignores and blocks.
export PASSED=passed BOTH=passed SECRET=1 NOTIFY_SOCKET=/nonexistent \
	WATCHDOG_USEC=99000000 LD_TINED=1 BASH_ENV=/nonexistent
unset UNSET
real=$TINED
printf '#!/bin/sh\ntrap "" HUP INT QUIT PIPE USR2 CHLD\numask 000\nexec %q "$@"\n' "$real" >"$tmp/ignoring"
chmod 755 "$tmp/ignoring"
TINED=$tmp/ignoring
start_tined -c "$file"
got=$(ask "$ADDR_tcp" </dev/null)
echo "$got"

# expect LINE...: each is there, as an extended regular expression.
expect() {
	local line
	for line; do
		grep -Eqx -- "$line" <<<"$got" || fail "not there: $line"
	done
}
p=$(port "$ADDR_tcp")
expect 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
	PROTO=TCP TCPLOCALIP=127.0.0.1 "TCPLOCALPORT=$p" TCPREMOTEIP=127.0.0.1 \
	'TCPREMOTEPORT=[0-9]+' TCPCONNNUM=1 REMOTE_ADDR=127.0.0.1 \
	'REMOTE_PORT=[0-9]+' SERVER_ADDR=127.0.0.1 "SERVER_PORT=$p" \
	TINED_SERVICE=tcp TINED_ID=1 'ADDED=a b' BOTH=environment PASSED=passed \
	'args: one two three' 'umask: 0027' "nice: $(nicer 3)" "cwd: $tmp" 'group: own' \
	'nofile: 77' 'core: 0' 'NoNewPrivs:.1' 'SigBlk:.0+' 'SigIgn:.0+'
# Nothing else; PWD, SHLVL, OLDPWD are the shell's own.
extra=$(grep -E '^[A-Za-z_0-9]+=' <<<"$got" | cut -d= -f1 | grep -vE '^(PWD|SHLVL|OLDPWD|PATH|PROTO|TCP(LOCAL|REMOTE)(IP|PORT)|TCPCONNNUM|(REMOTE|SERVER)_(ADDR|PORT)|TINED_(SERVICE|ID)|ADDED|BOTH|PASSED)$')
same "other variables" "" "$extra"
if [ "$(id -u)" -eq 0 ]; then
	user=$("$real" -T -c "$file" | sed -n 's/^\tuser = "\(.*\)"/\1/p' | head -n 1)
	expect "Uid:.$(id -u "$user").$(id -u "$user").$(id -u "$user").$(id -u "$user")" \
		"Gid:.$(id -g "$user").$(id -g "$user").$(id -g "$user").$(id -g "$user")"
fi

got=$(ask "unix:$tmp/s" </dev/null)
expect PROTO=UNIX "UNIXLOCALPATH=$tmp/s" "UNIXREMOTEEUID=$(id -u)" \
	"UNIXREMOTEEGID=$(id -g)" 'UNIXREMOTEPID=[1-9][0-9]*' TINED_SERVICE=unix \
	TINED_ID=1 'umask: 0022' "nice: $(nice)" 'cwd: /' 'args: '
extra=$(grep -E '^[A-Za-z_0-9]+=' <<<"$got" | cut -d= -f1 | grep -vE '^(PWD|SHLVL|OLDPWD|PATH|PROTO|UNIX(LOCALPATH|REMOTE(EUID|EGID|PID))|TINED_(SERVICE|ID))$')
same "other variables over a Unix socket" "" "$extra"
stop_tined
