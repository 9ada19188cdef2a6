#!/bin/bash
# Goal of this test: busybox's httpd, as inetd starts it, serves files and runs
# scripts in the strict sandbox, with TCP and Unix sockets.
export TMPDIR=/var/tmp	# the strict sandbox has a /tmp of its own
. "$(dirname "$0")/../lib/behaviour.sh"
. "$(dirname "$0")/../lib/programs.sh"
require busybox curl
busybox httpd --help >/dev/null 2>&1 || skip "this busybox has no httpd"

mkdir -p "$tmp/www/cgi-bin"
echo hello >"$tmp/www/index.html"
head -c 3000000 /dev/urandom >"$tmp/www/big"
cat >"$tmp/www/cgi-bin/hello" <<'END'
#!/bin/sh
printf 'Content-Type: text/plain\r\n\r\n'
echo "$TINED_SERVICE $REMOTE_ADDR"
cat
END
chmod 0755 "$tmp/www/cgi-bin/hello"

start_conf <<END
service web {
	listen = {"127.0.0.1:0", "[::1]:0", "unix:$tmp/web"}
	exec = {"$(command -v busybox)", "httpd", "-i", "-h", "$tmp/www"}
	sandbox = strict
	cps = {100, 200}
}
END
mapfile -t listeners < <(addresses web)

fetch() {
	curl --silent --show-error --fail --max-time 30 --noproxy '*' "$@"
}
for listener in "${listeners[@]:0:2}"; do
	same "a page of $listener" hello "$(fetch "http://$listener/")"
	fetch -o "$tmp/big" "http://$listener/big" || fail "nothing of $listener"
	cmp "$tmp/big" "$tmp/www/big" || fail "another file than that served"
	same "what is not there" 404 "$(curl -s --noproxy '*' -m 30 \
	    -o /dev/null -w '%{http_code}' "http://$listener/none")"
done
same "a page over a Unix socket" hello \
    "$(fetch --unix-socket "$tmp/web" http://localhost/)"
same "a script" "web 127.0.0.1
posted" "$(fetch --data-binary posted "http://${listeners[0]}/cgi-bin/hello")"
fetch "http://${listeners[0]}/../../etc/passwd" --path-as-is >/dev/null &&
	fail "it serves what it should not"

# Thirty at once.
for n in {1..30}; do
	fetch -o "$tmp/page.$n" "http://${listeners[0]}/big" &
	fetching[n]=$!
done
for n in {1..30}; do
	wait "${fetching[n]}" || fail "$n of 30 was not served"
	cmp "$tmp/page.$n" "$tmp/www/big" || fail "$n of 30 is another file"
done
stop_tined
