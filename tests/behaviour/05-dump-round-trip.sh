#!/bin/bash
# Goal of this test: what -T prints reads back to itself, and serves the same.
. "$(dirname "$0")/../lib/behaviour.sh"
require socat

# round_trip ARGUMENT...: -T with these, and -T of what that printed.
round_trip() {
	"$TINED" -T "$@" >"$tmp/once" || fail "-T $*: exit status $?"
	"$TINED" -T -f -c "$tmp/once" >"$tmp/twice" || {
		cat "$tmp/once"
		fail "-T $*: what it printed is not accepted"
	}
	diff "$tmp/once" "$tmp/twice" || fail "-T $*: read back differently"
}

# Every form that a value can have, an include, and += to a default's list.
mkdir "$tmp/include"
cat >"$tmp/include/more.conf" <<'END'
service cat {
	listen      = {"localhost:0", "[::1]:0", "*:0", "unix:@tined-round-trip"}
	exec        = {"/bin/sh", "-c", "echo \"$TINED_SERVICE\" 'a\\b' \t \x1b ${HOME} \$x"}
	environment = {"A=b c", "QUOTE=\"'\\", "EMPTY="}
	no_access  += {"192.0.2.7", "2001:db8::/32"}
	cps         = {10, 20}
	cps_per_source = 3
	rlimit_as   = 512M
	rlimit_cpu  = unlimited
	max_time    = 90s
	umask       = 077
	nice        = 5
	socket_mode = 0600
	refuse_message = "too many\r\n\001\377%n"
	when_full   = refuse
	sandbox     = off
	stderr      = null
}
END
file=$(config <<END
# A comment
pid_file = "$tmp/a \"file\""
log_format = json // another
log_peer = prefix /* a third */
drain_timeout = 1500ms
defaults {
	no_access    = {"10.0.0.0/8"}
	idle_timeout = none
}
include("include/more.conf")
service echo.1_2-3 { listen = "unix:$tmp/s p'a\\\\c\"e" builtin = echo }
END
)
round_trip -c "$file"
grep -q 'no_access = {"10.0.0.0/8", "192.0.2.7", "2001:db8::/32"}' "$tmp/once" ||
	fail "the list that was added to is wrong"
grep -q 'idle_timeout = none' "$tmp/once" || fail "no defaults"

round_trip -f -l 127.0.0.1:0 -l :0 -s whoami -o no_access=192.0.2.0/24 -p "$tmp/p"
round_trip -f -l 127.0.0.1:0 -- /bin/sh -c 'echo "$TINED_ID" {} \" , ${HOME}'
"$TINED" -T -c "$top_srcdir/systemd/tined.conf.example" >"$tmp/once" ||
	fail "the example configuration"

# The same is served from either.
cat >"$tmp/program" <<'END'
#!/bin/sh
printf '%s|' "$@" "$SPECIAL"
END
chmod 755 "$tmp/program"
# shellcheck disable=SC1003 # a backslash alone
set -- -l 127.0.0.1:0 -o 'environment={"SPECIAL=\"\\\t$x"}' -- \
	"$tmp/program" 'a "b"' '${HOME}' '' "c'd" $'e\nf' '\' '#g' $'h\177\200'
start_tined "$@"
direct=$(ask "$ADDR_program" </dev/null | od -c)
stop_tined
"$TINED" -T -f "$@" >"$tmp/dumped"
start_tined -c "$tmp/dumped"
same "the program's arguments, from the dump" "$direct" \
	"$(ask "$ADDR_program" </dev/null | od -c)"
stop_tined
