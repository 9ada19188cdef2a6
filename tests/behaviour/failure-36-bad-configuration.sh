#!/bin/bash
# Goal of this test: wrong configurations: every mistake as file:line, exit
# status 78, nothing started.
. "$(dirname "$0")/../lib/behaviour.sh"
require socat

canary=$tmp/canary	# a listener that must not appear
canary_conf="service good { listen = {\"unix:$canary\"} builtin = echo }"

# wrong FILE EXPECTED...: each as LINE:PATTERN; these and no others.
wrong() {
	local file=$1 n=0 expected mode
	shift
	for mode in -f -t -T ''; do
		refuses 78 "^$file:" ${mode:+"$mode"} -c "$file" >/dev/null
		[ ! -s "$tmp/refused.out" ] || fail "$mode: standard output"
		[ ! -e "$canary" ] || fail "something was started"
		[ "$mode" != -f ] || cp "$tmp/refused.err" "$tmp/first"
		cmp "$tmp/first" "$tmp/refused.err" || fail "'$mode' says other"
	done
	cat "$tmp/first"
	for expected; do
		grep -Eq "^$file:${expected%%:*}: .*${expected#*:}" "$tmp/first" ||
			fail "not said: $expected"
		n=$((n + 1))
	done
	same "mistakes in $file" "$n" "$(wc -l <"$tmp/first")"
}

# All wrong values at once, each in its line; the good one in between is good.
wrong "$(config <<END
log_levl = info
log_format = xml
drain_timeout = 25h
$canary_conf
service a {
	listen = {"127.0.0.1:70000",
		"unix:relative"}
	builtin = ecko
	instances = 0
	per_source = 65537
	idle_timeout = 30
	socket_mode = 0888
	no_access = {"10.0.0.1/8", "10.0.0.300"}
	v6only = maybe
	user = "no-such-user"
}
service a { listen = {"127.0.0.1:0"} builtin = echo }
service nothing { builtin = echo }
service one { listen = {"127.0.0.1:7", "127.0.0.1:7"} builtin = echo }
service both { listen = {"127.0.0.1:0"} builtin = echo exec = {"/bin/cat"} }
service neither { listen = {"127.0.0.1:0"} }
END
)" 1:'log_levl: unknown directive' 2:log_format 3:drain_timeout \
	6:70000 7:relative 8:ecko 9:instances 10:per_source 11:idle_timeout \
	12:socket_mode 13:10.0.0.1/8 13:10.0.0.300 14:v6only 15:no-such-user \
	17:'' 18:listen 19:127.0.0.1:7 20:'' 21:''

# Two services on one address.
wrong "$(config <<END
$canary_conf
service a { listen = {"127.0.0.1:7"} builtin = echo }
service b { listen = {"127.0.0.1:7"} builtin = discard }
service c { listen = {"unix:$canary"} builtin = discard }
END
)" 3:127.0.0.1:7 4:"$canary"

# Mistakes of syntax end the reading.
wrong "$(config <<<"$canary_conf"$'\nlog_level }\nlog_format = xml')" 2:''
wrong "$(config <<<$'service a {\n\tbuiltin = echo\n')" 1:'closing brace'
wrong "$(config <<<'service a { builtin echo }')" 1:''
wrong "$(config <<<$'\n\nlog_level = "info')" 3:''
wrong "$(config <<<'')" 1:''

# Included files are named themselves.
wrong "$(config <<<$'\ninclude("not-there.conf")')" 2:not-there.conf
printf 'log_level = info\nnonsense = 1\n' >"$tmp/inner.conf"
file=$(config <<<"include(\"inner.conf\")$canary_conf")
refuses 78 "^$tmp/inner.conf:2: nonsense: unknown directive" -f -c "$file"
echo 'include("self.conf")' >"$tmp/self.conf"
refuses 78 '^/.*/self.conf:1: ' -f -c "$tmp/self.conf"

# No file at all, a directory, a device, a fifo, garbage.
refuses 78 '^/nonexistent/tined.conf:1: No such file' -f -c /nonexistent/tined.conf
refuses 78 "^$tmp:1: Is a directory" -f -c "$tmp"
refuses 78 '^/dev/zero:1: ' -f -c /dev/zero
mkfifo "$tmp/fifo"
refuses 78 "^$tmp/fifo:1: " -f -c "$tmp/fifo"
head -c 1000000 /dev/urandom >"$tmp/garbage"
refuses 78 "^$tmp/garbage:[0-9]+: " -f -c "$tmp/garbage"
refuses 78 "^$TINED:[0-9]+: " -f -c "$TINED"
yes 'a = b' | head -c 1000000 >"$tmp/long"
refuses 78 "^$tmp/long:1000: " -f -c "$tmp/long" >/dev/null
same "the last of too many errors" 'tined: and 165668 more errors' \
	"$(tail -n 1 "$tmp/refused.err")"
head -c 1000000 /dev/zero | tr '\0' x >"$tmp/line"
refuses 78 "^$tmp/line:1: " -f -c "$tmp/line"
yes 'service a {' | head -c 1000000 >"$tmp/deep"
refuses 78 "^$tmp/deep:[0-9]+: " -f -c "$tmp/deep"

# One line each, for any contents.
printf 'log_level = "a\\n\\x1b[2Jb\303\244"\n%s\n' "$canary_conf" >"$tmp/hostile"
refuses 78 "^$tmp/hostile:1: log_level: " -f -c "$tmp/hostile"
same "lines of a hostile value" 1 "$(wc -l <"$tmp/refused.err")"
LC_ALL=C grep -q '[^ -~]' "$tmp/refused.err" && fail "control bytes"

# From the command line.
refuses 78 '^tined: -o nonsense: unknown directive' -f -l :0 -s echo -o nonsense=1
refuses 78 '^tined: -o instances: 0: ' -f -l :0 -s echo -o instances=0
refuses 78 '^tined: -o instances: must be' -f -l :0 -s echo -o instances
refuses 78 '^tined: -s nonsense: must be none, ' -f -l :0 -s nonsense
refuses 78 '^tined: -l 127.0.0.1:99999: ' -f -l 127.0.0.1:99999 -s echo
refuses 78 '^tined: nonsense: not found in PATH' -f -l :0 nonsense
refuses 78 '/etc/passwd: not executable' -f -l :0 /etc/passwd
exit 0
