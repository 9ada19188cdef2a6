#!/bin/bash
# Goal of this test: every failure to start has the exit status of its kind, one
# line, and leaves nothing.
. "$(dirname "$0")/../lib/behaviour.sh"
require socat

serve=(-s echo -o pid_file="$tmp/pid" -l "unix:$tmp/good")

# refused_start STATUS PATTERN ARGUMENT...
refused_start() {
	refuses "$1" "$2" -f "${@:3}"
	same "lines" 1 "$(wc -l <"$tmp/refused.err")"
	same "what was left" "" "$(ls "$tmp/pid" "$tmp/good" 2>/dev/null)"
}

# 69: a listener is unavailable.
start_tined -l 127.0.0.1:0 -l "[::1]:0" -l "unix:$tmp/live" -l "unix:@tined-$$" -s echo
for address in $(addresses echo); do
	refused_start 69 "^tined: echo: bind ${address/'['*']'/.*}: (Address already in use|it is served|.*in use)" \
		"${serve[@]}" -l "$address"
done
stop_tined
refused_start 69 'bind 192\.0\.2\.1:0: Cannot assign' "${serve[@]}" -l 192.0.2.1:0
refused_start 69 'listen no-such-host\.invalid:0: ' "${serve[@]}" \
	-l no-such-host.invalid:0
refused_start 69 'listen systemd:none: no such name' "${serve[@]}" -l systemd:none

# 71: the system failed.  A copy of tined alone finds no acceptor.
cp "$TINED_FILE" "$tmp/alone"
if ! strings "$TINED_FILE" 2>/dev/null | grep -x '/.*/tined-acceptor' |
	xargs -r ls >/dev/null 2>&1; then
	TINED=$tmp/alone refused_start 71 'tined-acceptor: No such file' "${serve[@]}"
fi

# 78: also where a name is unknown.
refused_start 78 'no such user' "${serve[@]}" -o user=no-such-user
refused_start 78 'no such group' "${serve[@]}" -o group=no-such-group

# A kernel that lacks what is required stays as it is; so does a reload's.
strict="sandbox = strict sandbox_required = yes"
lacking=$(config <<END
service cat { listen = {"127.0.0.1:0"} exec = {"/bin/cat"} $strict }
END
)
cat >"$tmp/lacking" <<END
#!/bin/sh
exec "$top_builddir/tests/lib/without" landlock "$TINED" "\$@"
END
chmod +x "$tmp/lacking"
require_kernel landlock
require_kernel seccomp	# by which it is taken away
TINED=$tmp/lacking refused_start 78 \
    'cat: this kernel lacks Landlock' -c "$lacking"
conf=$(config <<END
service echo { listen = {"127.0.0.1:0"} builtin = echo }
END
)
TINED=$tmp/lacking start_tined -c "$conf"
cat "$lacking" >"$conf"
kill -HUP "$PID"
wait_for_log '^error error msg=".*cat: this kernel lacks Landlock'
wait_for_log '^error error msg="reload refused'
same "the echo" hi "$(echo hi | ask "$ADDR_echo")"
stop_tined
