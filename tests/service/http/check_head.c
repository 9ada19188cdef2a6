/* SPDX-License-Identifier: ISC */
/* Request lines and fields: good ones, and hostile ones. */
#include "config.h"

#include <string.h>

#include "runner.h"
#include "service/http/feed.h"

#define HOST "Host: a\r\n"

struct row {
	const char *in;
	size_t n;
	const char *want;
};

static struct feed f;

static void
check_rows(const struct row *row, size_t n)
{
	const char *why;
	size_t i;

	for (i = 0; i < n; i++) {
		why = feed_all(&f, &feed_limits, row[i].in, row[i].n);
		ck_assert_msg(why == NULL, "%s: %s", row[i].in, why);
		ck_assert_msg(strcmp(f.text_bytes, row[i].want) == 0, "%s: %s",
		    row[i].in, f.text_bytes);
	}
}

#define CHECK_ROWS(rows) check_rows(rows, sizeof(rows) / sizeof((rows)[0]))

START_TEST(delivers_good_requests)
{
	static const struct row rows[] = {
		{ FEED_BYTES("GET / HTTP/1.1\r\n" HOST "\r\n"),
		    "GET / 1 a {Host=a} none ." },
		{ FEED_BYTES("\r\nGET / HTTP/1.1\r\n" HOST "\r\n"),
		    "GET / 1 a {Host=a} none ." },
		{ FEED_BYTES("GET / HTTP/1.0\r\n\r\n"),
		    "GET / 0 - {} none close ." },
		{ FEED_BYTES("GET / HTTP/1.9\r\n" HOST "\r\n"),
		    "GET / 9 a {Host=a} none ." },
		{ FEED_BYTES("OPTIONS * HTTP/1.1\r\n" HOST "\r\n"),
		    "OPTIONS * 1 a {Host=a} none ." },
		{ FEED_BYTES("OPTIONS /x HTTP/1.1\r\n" HOST "\r\n"),
		    "OPTIONS /x 1 a {Host=a} none ." },
		/* Each tchar; methods are compared with case. */
		{ FEED_BYTES("aZ09!#$%&'*+-.^_`|~ / HTTP/1.1\r\n" HOST "\r\n"),
		    "aZ09!#$%&'*+-.^_`|~ / 1 a {Host=a} none ." },
		{ FEED_BYTES("connect / HTTP/1.1\r\n" HOST "\r\n"),
		    "connect / 1 a {Host=a} none ." },
		{ FEED_BYTES("GET /a/../b;c=d/%2e%00?x=%zz&y HTTP/1.1\r\n" HOST
			     "\r\n"),
		    "GET /a/../b;c=d/%2e%00?x=%zz&y 1 a {Host=a} none ." },
		{ FEED_BYTES("GET //x HTTP/1.1\r\n" HOST "\r\n"),
		    "GET //x 1 a {Host=a} none ." },
		{ FEED_BYTES("GET http://B:81/c?d HTTP/1.1\r\n" HOST "\r\n"),
		    "GET http://B:81/c?d 1 B:81 {Host=a} none ." },
		{ FEED_BYTES("GET HTTPS://b HTTP/1.1\r\n" HOST "\r\n"),
		    "GET HTTPS://b 1 b {Host=a} none ." },
		{ FEED_BYTES("GET http://b/ HTTP/1.0\r\n\r\n"),
		    "GET http://b/ 0 b {} none close ." },
		/* Order and case, repeated and empty fields, blanks. */
		{ FEED_BYTES("GET / HTTP/1.1\r\nb: 2\r\nHOST: a\r\nA:1\r\n"
			     "a:\t 3 \t \r\nempty:\r\nblank: \t\r\n\r\n"),
		    "GET / 1 a {b=2,HOST=a,A=1,a=3,empty=,blank=} none ." },
		{ FEED_BYTES("GET / HTTP/1.1\r\n" HOST "X: a\tb  c\r\n\r\n"),
		    "GET / 1 a {Host=a,X=a\tb  c} none ." },
		{ FEED_BYTES("GET / HTTP/1.1\r\n" HOST "X: \200\377\r\n\r\n"),
		    "GET / 1 a {Host=a,X=\200\377} none ." },
		{ FEED_BYTES("GET / HTTP/1.1\r\n" HOST "!#$%&'*+-.^_`|~: :\r\n"
			     "\r\n"),
		    "GET / 1 a {Host=a,!#$%&'*+-.^_`|~=:} none ." },
		/* A tunnel is not begun. */
		{ FEED_BYTES("GET / HTTP/1.1\r\n" HOST "Upgrade: h2c\r\n"
			     "Connection: Upgrade\r\n\r\n"),
		    "GET / 1 a {Host=a,Upgrade=h2c,Connection=Upgrade} none ." },
	};

	CHECK_ROWS(rows);
}
END_TEST

START_TEST(waits_for_the_rest)
{
	static const struct row rows[] = {
		{ FEED_BYTES(""), "" },
		{ FEED_BYTES("\r"), "..." },
		{ FEED_BYTES("\r\n"), "..." },
		{ FEED_BYTES("G"), "..." },
		{ FEED_BYTES("GET / HTTP/1.1\r\n" HOST), "..." },
		{ FEED_BYTES("GET / HTTP/1.1\r\n" HOST "\r"), "..." },
	};

	CHECK_ROWS(rows);
}
END_TEST

START_TEST(refuses_hostile_request_lines)
{
	static const struct row rows[] = {
		{ FEED_BYTES("\n"), "!400 invalid method" },
		{ FEED_BYTES("\rGET / HTTP/1.1\r\n"), "!400 CR without LF" },
		{ FEED_BYTES("\nGET / HTTP/1.1\r\n" HOST "\r\n"),
		    "!400 invalid method" },
		{ FEED_BYTES("\r\n\r\nGET / HTTP/1.1\r\n" HOST "\r\n"),
		    "!400 invalid method" },
		{ FEED_BYTES(" GET / HTTP/1.1\r\n"), "!400 invalid method" },
		{ FEED_BYTES("\tGET / HTTP/1.1\r\n"), "!400 invalid method" },
		{ FEED_BYTES("\0GET / HTTP/1.1\r\n"), "!400 invalid method" },
		{ FEED_BYTES("G\0ET / HTTP/1.1\r\n"), "!400 invalid method" },
		{ FEED_BYTES("GET: / HTTP/1.1\r\n"), "!400 invalid method" },
		{ FEED_BYTES("G(T / HTTP/1.1\r\n"), "!400 invalid method" },
		{ FEED_BYTES("\377\376 / HTTP/1.1\r\n"),
		    "!400 invalid method" },
		{ FEED_BYTES("\357\273\277GET / HTTP/1.1\r\n"),
		    "!400 invalid method" },
		{ FEED_BYTES("GET\t/ HTTP/1.1\r\n"), "!400 invalid method" },
		{ FEED_BYTES("GET\r\n"), "!400 invalid method" },
		/* TLS, and SSH as an example of other protocols. */
		{ FEED_BYTES("\x16\x03\x01\x02\x00"), "!400 invalid method" },
		{ FEED_BYTES("SSH-2.0-OpenSSH_9.2\r\n"),
		    "!400 invalid method" },
		{ FEED_BYTES("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n"),
		    "!400 invalid version" },
		/* HTTP/0.9. */
		{ FEED_BYTES("GET /\r\n"), "!400 no version" },
		{ FEED_BYTES("GET /\n"), "!400 invalid target" },
		{ FEED_BYTES("GET / \r\n"), "!400 invalid version" },
		{ FEED_BYTES("GET / HTTP/0.9\r\n\r\n"),
		    "!505 major version is not 1" },
		/* Blanks. */
		{ FEED_BYTES("GET  / HTTP/1.1\r\n"), "!400 invalid target" },
		{ FEED_BYTES("GET \t/ HTTP/1.1\r\n"), "!400 invalid target" },
		{ FEED_BYTES("GET /  HTTP/1.1\r\n"), "!400 invalid version" },
		{ FEED_BYTES("GET /\tHTTP/1.1\r\n"), "!400 invalid target" },
		{ FEED_BYTES("GET /\vHTTP/1.1\r\n"), "!400 invalid target" },
		{ FEED_BYTES("GET /\240HTTP/1.1\r\n"), "!400 invalid target" },
		{ FEED_BYTES("GET / HTTP/1.1 \r\n"), "!400 invalid version" },
		{ FEED_BYTES("GET / x HTTP/1.1\r\n"), "!400 invalid version" },
		{ FEED_BYTES("GET / HTTP/1.1 HTTP/1.1\r\n"),
		    "!400 invalid version" },
		/* Versions. */
		{ FEED_BYTES("GET / http/1.1\r\n"), "!400 invalid version" },
		{ FEED_BYTES("GET / HTTP/1\r\n"), "!400 invalid version" },
		{ FEED_BYTES("GET / HTTP/1.\r\n"), "!400 invalid version" },
		{ FEED_BYTES("GET / HTTP/1.10\r\n"), "!400 invalid version" },
		{ FEED_BYTES("GET / HTTP/11.1\r\n"), "!400 invalid version" },
		{ FEED_BYTES("GET / HTTP/01.1\r\n"), "!400 invalid version" },
		{ FEED_BYTES("GET / HTTP/1,1\r\n"), "!400 invalid version" },
		{ FEED_BYTES("GET / HTTP/+1.1\r\n"), "!400 invalid version" },
		{ FEED_BYTES("GET / HTTP/1.a\r\n"), "!400 invalid version" },
		{ FEED_BYTES("GET / HTTPS/1.1\r\n"), "!400 invalid version" },
		{ FEED_BYTES("GET / ICE/1.0\r\n"), "!400 invalid version" },
		{ FEED_BYTES("GET / HTTP/2.0\r\n"),
		    "!505 major version is not 1" },
		{ FEED_BYTES("GET / HTTP/9.1\r\n"),
		    "!505 major version is not 1" },
		{ FEED_BYTES("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
		    "!505 major version is not 1" },
		/* Ends of lines. */
		{ FEED_BYTES("GET / HTTP/1.1\n" HOST "\r\n"),
		    "!400 invalid version" },
		{ FEED_BYTES("GET / HTTP/1.1\r" HOST "\r\n"),
		    "!400 CR without LF" },
		{ FEED_BYTES("GET / HTTP/1.1\r\r\n"), "!400 CR without LF" },
		{ FEED_BYTES("GET /\rHost: a HTTP/1.1\r\n"),
		    "!400 no version" },
		/* Targets. */
		{ FEED_BYTES("GET /#x HTTP/1.1\r\n"),
		    "!400 fragment in the target" },
		{ FEED_BYTES("GET /?x#y HTTP/1.1\r\n"),
		    "!400 fragment in the target" },
		{ FEED_BYTES("GET # HTTP/1.1\r\n"),
		    "!400 fragment in the target" },
		{ FEED_BYTES("GET /\0 HTTP/1.1\r\n"), "!400 invalid target" },
		{ FEED_BYTES("GET /\177 HTTP/1.1\r\n"), "!400 invalid target" },
		{ FEED_BYTES("GET /\303\251 HTTP/1.1\r\n"),
		    "!400 invalid target" },
		{ FEED_BYTES("GET /<x> HTTP/1.1\r\n"), "!400 invalid target" },
		{ FEED_BYTES("GET /\"x HTTP/1.1\r\n"), "!400 invalid target" },
		{ FEED_BYTES("GET /%zz HTTP/1.1\r\n"),
		    "!400 invalid %XX in the path" },
		{ FEED_BYTES("GET * HTTP/1.1\r\n"),
		    "!400 the target * is for OPTIONS only" },
		{ FEED_BYTES("options * HTTP/1.1\r\n"),
		    "!400 the target * is for OPTIONS only" },
		{ FEED_BYTES("GET x HTTP/1.1\r\n"),
		    "!400 target is neither a path nor an http URI" },
		{ FEED_BYTES("GET ?x HTTP/1.1\r\n"),
		    "!400 target is neither a path nor an http URI" },
		{ FEED_BYTES("GET a:80 HTTP/1.1\r\n"),
		    "!400 target is neither a path nor an http URI" },
		{ FEED_BYTES("GET ftp://a/ HTTP/1.1\r\n"),
		    "!400 target is neither a path nor an http URI" },
		{ FEED_BYTES("OPTIONS ** HTTP/1.1\r\n"),
		    "!400 target is neither a path nor an http URI" },
		{ FEED_BYTES("GET http:/// HTTP/1.1\r\n"),
		    "!400 no host in the target" },
		{ FEED_BYTES("GET http://u:p@a/ HTTP/1.1\r\n"),
		    "!400 invalid port" },
		{ FEED_BYTES("GET http://u@a/ HTTP/1.1\r\n"),
		    "!400 invalid host" },
		/* Methods that are not supported. */
		{ FEED_BYTES("CONNECT a:443 HTTP/1.1\r\n" HOST "\r\n"),
		    "!501 CONNECT is not supported" },
		{ FEED_BYTES("CONNECT / HTTP/1.0\r\n\r\n"),
		    "!501 CONNECT is not supported" },
	};

	CHECK_ROWS(rows);
}
END_TEST

#define GET "GET / HTTP/1.1\r\n"

START_TEST(refuses_hostile_fields)
{
	static const struct row rows[] = {
		/* Names. */
		{ FEED_BYTES(GET "Host : a\r\n\r\n"),
		    "!400 blank in a field name" },
		{ FEED_BYTES(GET "Host\t: a\r\n\r\n"),
		    "!400 blank in a field name" },
		{ FEED_BYTES(GET "Content-Length : 5\r\n\r\n"),
		    "!400 blank in a field name" },
		{ FEED_BYTES(GET "Transfer-Encoding : chunked\r\n\r\n"),
		    "!400 blank in a field name" },
		{ FEED_BYTES(GET "X Y: a\r\n\r\n"),
		    "!400 blank in a field name" },
		{ FEED_BYTES(GET "Transfer-Encoding\v: chunked\r\n\r\n"),
		    "!400 invalid field name" },
		{ FEED_BYTES(GET "Content-Length\0: 5\r\n\r\n"),
		    "!400 invalid field name" },
		{ FEED_BYTES(GET "Content-Length\240: 5\r\n\r\n"),
		    "!400 invalid field name" },
		{ FEED_BYTES(GET "\377X: 5\r\n\r\n"),
		    "!400 invalid field name" },
		{ FEED_BYTES(GET ": a\r\n\r\n"), "!400 invalid field name" },
		{ FEED_BYTES(GET ":\r\n\r\n"), "!400 invalid field name" },
		{ FEED_BYTES(GET "\"Host\": a\r\n\r\n"),
		    "!400 invalid field name" },
		{ FEED_BYTES(GET "X(y): a\r\n\r\n"),
		    "!400 invalid field name" },
		{ FEED_BYTES(GET "X[0]: a\r\n\r\n"),
		    "!400 invalid field name" },
		{ FEED_BYTES(GET "X\r\n\r\n"), "!400 invalid field name" },
		{ FEED_BYTES(GET "X\n\r\n"), "!400 invalid field name" },
		{ FEED_BYTES(GET "GET / HTTP/1.1\r\n\r\n"),
		    "!400 blank in a field name" },
		/* Folded lines, before and after a field. */
		{ FEED_BYTES(GET " Host: a\r\n\r\n"),
		    "!400 line begins with a blank" },
		{ FEED_BYTES(GET "\tHost: a\r\n\r\n"),
		    "!400 line begins with a blank" },
		{ FEED_BYTES(GET HOST " b\r\n\r\n"),
		    "!400 line begins with a blank" },
		{ FEED_BYTES(GET HOST "\tb\r\n\r\n"),
		    "!400 line begins with a blank" },
		{ FEED_BYTES(GET HOST "X: a\r\n \r\n\r\n"),
		    "!400 line begins with a blank" },
		{ FEED_BYTES(GET HOST "Transfer-Encoding:\r\n chunked\r\n\r\n"),
		    "!400 invalid Transfer-Encoding" },
		/* Ends of lines. */
		{ FEED_BYTES(GET HOST "\n"), "!400 invalid field name" },
		{ FEED_BYTES(GET "Host: a\n\r\n"), "!400 LF without CR" },
		{ FEED_BYTES(GET HOST "X: a\nContent-Length: 5\r\n\r\n"),
		    "!400 LF without CR" },
		{ FEED_BYTES(GET HOST "X: a\rContent-Length: 5\r\n\r\n"),
		    "!400 CR without LF" },
		{ FEED_BYTES(GET HOST "X: a\r\r\n\r\n"), "!400 CR without LF" },
		{ FEED_BYTES(GET HOST "X:\ra\r\n\r\n"), "!400 CR without LF" },
		{ FEED_BYTES(GET HOST "\rX: a\r\n\r\n"), "!400 CR without LF" },
		{ FEED_BYTES(GET HOST "\r\r\n"), "!400 CR without LF" },
		{ FEED_BYTES(GET HOST "X: a\r \nY: b\r\n\r\n"),
		    "!400 CR without LF" },
		/* Controls. */
		{ FEED_BYTES(GET HOST "X: a\0b\r\n\r\n"),
		    "!400 control character in a field" },
		{ FEED_BYTES(GET HOST "X: \0\r\n\r\n"),
		    "!400 control character in a field" },
		{ FEED_BYTES(GET HOST "X: \033[2J\r\n\r\n"),
		    "!400 control character in a field" },
		{ FEED_BYTES(GET HOST "X: a\vb\r\n\r\n"),
		    "!400 control character in a field" },
		{ FEED_BYTES(GET HOST "X:\fa\r\n\r\n"),
		    "!400 control character in a field" },
		{ FEED_BYTES(GET HOST "X: a\177\r\n\r\n"),
		    "!400 control character in a field" },
		{ FEED_BYTES(GET HOST "Transfer-Encoding: \vchunked\r\n\r\n"),
		    "!400 control character in a field" },
	};

	CHECK_ROWS(rows);
}
END_TEST

static void
add(TCase *t)
{
	tcase_add_test(t, delivers_good_requests);
	tcase_add_test(t, waits_for_the_rest);
	tcase_add_test(t, refuses_hostile_request_lines);
	tcase_add_test(t, refuses_hostile_fields);
}

int
main(void)
{
	return runner_main("head", add);
}
