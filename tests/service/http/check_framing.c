/* SPDX-License-Identifier: ISC */
/*
 * Which fields decide where a request ends: Host, Content-Length,
 * Transfer-Encoding, Connection, Expect.  Among the rows are the known ways to
 * smuggle a request past a proxy, which a recipient must not guess at.
 */
#include "config.h"

#include <string.h>

#include "runner.h"
#include "service/http/feed.h"

#define POST "POST / HTTP/1.1\r\nHost: a\r\n"
#define OLD  "POST / HTTP/1.0\r\n"
#define TE   "Transfer-Encoding: "
#define CL   "Content-Length: "

struct row {
	const char *in;
	size_t n;
	const char *want;
};

static struct feed f;

/* The want of a row is how the result ends. */
static void
check_rows(const struct row *row, size_t n)
{
	const char *why;
	size_t i, len;

	for (i = 0; i < n; i++) {
		why = feed_all(&f, &feed_limits, row[i].in, row[i].n);
		ck_assert_msg(why == NULL, "%s: %s", row[i].in, why);
		len = strlen(row[i].want);
		ck_assert_msg(f.text.len >= len &&
			strcmp(f.text_bytes + f.text.len - len, row[i].want) ==
			    0,
		    "%s: %s", row[i].in, f.text_bytes);
	}
}

#define CHECK_ROWS(rows) check_rows(rows, sizeof(rows) / sizeof((rows)[0]))

START_TEST(needs_one_valid_host)
{
	static const struct row rows[] = {
		{ FEED_BYTES("GET / HTTP/1.1\r\n\r\n"), "!400 no Host" },
		{ FEED_BYTES("GET http://a/ HTTP/1.1\r\n\r\n"),
		    "!400 no Host" },
		{ FEED_BYTES("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"),
		    "!400 more than one Host" },
		{ FEED_BYTES("GET / HTTP/1.1\r\nHost: a\r\nhOST: b\r\n\r\n"),
		    "!400 more than one Host" },
		{ FEED_BYTES("GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"),
		    "!400 more than one Host" },
		{ FEED_BYTES("GET / HTTP/1.1\r\nHost: a b\r\n\r\n"),
		    "!400 invalid host" },
		{ FEED_BYTES("GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"),
		    "!400 invalid host" },
		{ FEED_BYTES("GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"),
		    "!400 invalid host" },
		{ FEED_BYTES("GET / HTTP/1.1\r\nHost: http://a\r\n\r\n"),
		    "!400 invalid port" },
		{ FEED_BYTES("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"),
		    "!400 invalid host" },
		{ FEED_BYTES("GET / HTTP/1.1\r\nHost: a:b\r\n\r\n"),
		    "!400 invalid port" },
		{ FEED_BYTES("GET / HTTP/1.1\r\nHost: \303\251\r\n\r\n"),
		    "!400 invalid host" },
		{ FEED_BYTES("GET http://b/ HTTP/1.1\r\nHost: /\r\n\r\n"),
		    "!400 invalid host" },
		{ FEED_BYTES("GET / HTTP/1.1\r\nX-Host: a\r\n\r\n"),
		    "!400 no Host" },
		{ FEED_BYTES("GET / HTTP/1.1\r\nHost:\r\n\r\n"),
		    "1 - {Host=} none ." },
		{ FEED_BYTES("GET / HTTP/1.1\r\nHost: [::1]:8\r\n\r\n"),
		    "1 [::1]:8 {Host=[::1]:8} none ." },
	};

	CHECK_ROWS(rows);
}
END_TEST

START_TEST(accepts_one_exact_content_length)
{
	static const struct row rows[] = {
		{ FEED_BYTES(POST CL "5\r\n\r\nhello"), " 5 hello." },
		{ FEED_BYTES(POST CL "0\r\n\r\n"), " none ." },
		{ FEED_BYTES(POST CL " 005 \t\r\n\r\nhello"), " 5 hello." },
		{ FEED_BYTES(POST "content-LENGTH:5\r\n\r\nhello"),
		    " 5 hello." },
		{ FEED_BYTES(POST CL "5\r\n\r\nhel"), " 5 hel..." },
		{ FEED_BYTES("GET / HTTP/1.1\r\nHost: a\r\n" CL "2\r\n\r\nab"),
		    " 2 ab." },
		{ FEED_BYTES(OLD CL "2\r\n\r\nab"), " 2 close ab." },
		{ FEED_BYTES(POST "Content_Length: 5\r\n\r\n"), " none ." },
		{ FEED_BYTES(POST "X-Content-Length: 5\r\n\r\n"), " none ." },
		{ FEED_BYTES(POST CL "\r\n\r\n"),
		    "!400 invalid Content-Length" },
		{ FEED_BYTES(POST CL "+5\r\n\r\n"),
		    "!400 invalid Content-Length" },
		{ FEED_BYTES(POST CL "-5\r\n\r\n"),
		    "!400 invalid Content-Length" },
		{ FEED_BYTES(POST CL "-0\r\n\r\n"),
		    "!400 invalid Content-Length" },
		{ FEED_BYTES(POST CL "0x5\r\n\r\n"),
		    "!400 invalid Content-Length" },
		{ FEED_BYTES(POST CL "5.0\r\n\r\n"),
		    "!400 invalid Content-Length" },
		{ FEED_BYTES(POST CL "5e1\r\n\r\n"),
		    "!400 invalid Content-Length" },
		{ FEED_BYTES(POST CL "1_0\r\n\r\n"),
		    "!400 invalid Content-Length" },
		{ FEED_BYTES(POST CL "5;\r\n\r\n"),
		    "!400 invalid Content-Length" },
		{ FEED_BYTES(POST CL "5 5\r\n\r\n"),
		    "!400 invalid Content-Length" },
		{ FEED_BYTES(POST CL "5,5\r\n\r\n"),
		    "!400 invalid Content-Length" },
		{ FEED_BYTES(POST CL "5, 6\r\n\r\n"),
		    "!400 invalid Content-Length" },
		{ FEED_BYTES(POST CL ",5\r\n\r\n"),
		    "!400 invalid Content-Length" },
		{ FEED_BYTES(POST CL "\"5\"\r\n\r\n"),
		    "!400 invalid Content-Length" },
		{ FEED_BYTES(POST CL "\302\262\r\n\r\n"),
		    "!400 invalid Content-Length" },
		{ FEED_BYTES(POST CL "five\r\n\r\n"),
		    "!400 invalid Content-Length" },
		{ FEED_BYTES(POST CL "18446744073709551615\r\n\r\n"),
		    "!400 invalid Content-Length" },
		{ FEED_BYTES(POST CL "18446744073709551616\r\n\r\n"),
		    "!400 invalid Content-Length" },
		{ FEED_BYTES(POST CL "18446744073709551621\r\n\r\n"),
		    "!400 invalid Content-Length" },
		{ FEED_BYTES(POST CL "99999999999999999999999999\r\n\r\n"),
		    "!400 invalid Content-Length" },
		{ FEED_BYTES(POST CL "9223372036854775808\r\n\r\n"),
		    "!413 body too large" },
		{ FEED_BYTES(POST CL "5\r\n" CL "5\r\n\r\nhello"),
		    "!400 more than one Content-Length" },
		{ FEED_BYTES(POST CL "5\r\n" CL "0\r\n\r\nhello"),
		    "!400 more than one Content-Length" },
		{ FEED_BYTES(POST CL "0\r\nX: y\r\n" CL "0\r\n\r\n"),
		    "!400 more than one Content-Length" },
	};

	CHECK_ROWS(rows);
}
END_TEST

START_TEST(accepts_chunked_as_the_only_coding)
{
	static const struct row rows[] = {
		{ FEED_BYTES(POST TE "chunked\r\n\r\n0\r\n\r\n"),
		    " chunked ." },
		{ FEED_BYTES(POST TE " \tCHUNKed\t \r\n\r\n0\r\n\r\n"),
		    " chunked ." },
		{ FEED_BYTES(POST "Transfer_Encoding: chunked\r\n\r\n"),
		    " none ." },
		{ FEED_BYTES(POST "TE: chunked\r\n\r\n"), " none ." },
		/* With a length, in either order, is the classic. */
		{ FEED_BYTES(POST CL "6\r\n" TE "chunked\r\n\r\n0\r\n\r\nX"),
		    "!400 Transfer-Encoding and Content-Length" },
		{ FEED_BYTES(POST TE "chunked\r\n" CL "6\r\n\r\n0\r\n\r\nX"),
		    "!400 Transfer-Encoding and Content-Length" },
		{ FEED_BYTES(POST TE "gzip, chunked\r\n" CL "6\r\n\r\n"),
		    "!400 Transfer-Encoding and Content-Length" },
		{ FEED_BYTES(POST TE "identity\r\n" CL "6\r\n\r\n"),
		    "!400 Transfer-Encoding and Content-Length" },
		{ FEED_BYTES(OLD TE "chunked\r\n\r\n"),
		    "!400 Transfer-Encoding in HTTP/1.0" },
		{ FEED_BYTES(OLD TE
		      "chunked\r\nConnection: keep-alive\r\n\r\n"),
		    "!400 Transfer-Encoding in HTTP/1.0" },
		/* Not last, twice, and several fields, which are one list. */
		{ FEED_BYTES(POST TE "chunked, gzip\r\n\r\n"),
		    "!400 chunked is not the last coding" },
		{ FEED_BYTES(POST TE "chunked, identity\r\n\r\n"),
		    "!400 chunked is not the last coding" },
		{ FEED_BYTES(POST TE "chunked, chunked\r\n\r\n"),
		    "!400 chunked is not the last coding" },
		{ FEED_BYTES(POST TE "chunked\r\n" TE "chunked\r\n\r\n"),
		    "!400 chunked is not the last coding" },
		{ FEED_BYTES(POST TE "chunked\r\n" TE "identity\r\n\r\n"),
		    "!400 chunked is not the last coding" },
		{ FEED_BYTES(POST TE "chunked\r\n" TE "cow\r\n\r\n"),
		    "!400 chunked is not the last coding" },
		{ FEED_BYTES(POST TE "gzip\r\n\r\n"),
		    "!400 chunked is not the last coding" },
		{ FEED_BYTES(POST TE "identity\r\n\r\n"),
		    "!400 chunked is not the last coding" },
		{ FEED_BYTES(POST TE "gzip, deflate\r\n\r\n"),
		    "!400 chunked is not the last coding" },
		{ FEED_BYTES(POST TE "xchunked\r\n\r\n"),
		    "!400 chunked is not the last coding" },
		{ FEED_BYTES(POST TE "chunkedx\r\n\r\n"),
		    "!400 chunked is not the last coding" },
		{ FEED_BYTES(POST TE "chunke\r\n\r\n"),
		    "!400 chunked is not the last coding" },
		{ FEED_BYTES(POST TE "'chunked'\r\n\r\n"),
		    "!400 chunked is not the last coding" },
		{ FEED_BYTES(POST TE "gzip, chunked\r\n\r\n"),
		    "!501 unknown transfer coding" },
		{ FEED_BYTES(POST TE "gzip\r\n" TE "chunked\r\n\r\n"),
		    "!501 unknown transfer coding" },
		{ FEED_BYTES(POST TE "identity, chunked\r\n\r\n"),
		    "!501 unknown transfer coding" },
		{ FEED_BYTES(POST TE "cow\r\n" TE "chunked\r\n\r\n"),
		    "!501 unknown transfer coding" },
		/* What one recipient reads as chunked and another does not. */
		{ FEED_BYTES(POST TE "\r\n\r\n"),
		    "!400 invalid Transfer-Encoding" },
		{ FEED_BYTES(POST TE ",\r\n\r\n"),
		    "!400 invalid Transfer-Encoding" },
		{ FEED_BYTES(POST TE "chunked,\r\n\r\n"),
		    "!400 invalid Transfer-Encoding" },
		{ FEED_BYTES(POST TE ", chunked\r\n\r\n"),
		    "!400 invalid Transfer-Encoding" },
		{ FEED_BYTES(POST TE "\"chunked\"\r\n\r\n"),
		    "!400 invalid Transfer-Encoding" },
		{ FEED_BYTES(POST TE "chunked;q=1\r\n\r\n"),
		    "!400 invalid Transfer-Encoding" },
		{ FEED_BYTES(POST TE "gzip chunked\r\n\r\n"),
		    "!400 invalid Transfer-Encoding" },
		{ FEED_BYTES(POST TE ": chunked\r\n\r\n"),
		    "!400 invalid Transfer-Encoding" },
		{ FEED_BYTES(POST TE "chunked\240\r\n\r\n"),
		    "!400 invalid Transfer-Encoding" },
		{ FEED_BYTES(POST TE "\302\240chunked\r\n\r\n"),
		    "!400 invalid Transfer-Encoding" },
		{ FEED_BYTES(POST TE "\\chunked\r\n\r\n"),
		    "!400 invalid Transfer-Encoding" },
	};

	CHECK_ROWS(rows);
}
END_TEST

START_TEST(decides_whether_the_connection_stays_open)
{
	static const struct row rows[] = {
		{ FEED_BYTES(POST "\r\n"), " none ." },
		{ FEED_BYTES(POST "Connection: close\r\n\r\n"),
		    " none close ." },
		{ FEED_BYTES(POST "connection: x,\tCLOSE ,y\r\n\r\n"),
		    " none close ." },
		{ FEED_BYTES(POST "Connection: x\r\nConnection: close\r\n\r\n"),
		    " none close ." },
		{ FEED_BYTES(POST "Connection: closed\r\n\r\n"), " none ." },
		{ FEED_BYTES(POST "Connection: keep-alive, close\r\n\r\n"),
		    " none close ." },
		{ FEED_BYTES(POST "Connection:\r\n\r\n"), " none ." },
		{ FEED_BYTES(POST "Proxy-Connection: close\r\n\r\n"),
		    " none ." },
		{ FEED_BYTES(OLD "\r\n"), " none close ." },
		{ FEED_BYTES(OLD "Connection: Keep-Alive\r\n\r\n"), " none ." },
		{ FEED_BYTES(OLD "Connection: keep-alive, close\r\n\r\n"),
		    " none close ." },
		{ FEED_BYTES(OLD "Keep-Alive: 5\r\n\r\n"), " none close ." },
	};

	CHECK_ROWS(rows);
}
END_TEST

START_TEST(expects_continue_only_with_a_body_in_1_1)
{
	static const struct row rows[] = {
		{ FEED_BYTES(POST CL "1\r\nExpect: 100-continue\r\n\r\nx"),
		    " 1 continue x." },
		{ FEED_BYTES(POST CL "1\r\nexpect: a, 100-Continue\r\n\r\nx"),
		    " 1 continue x." },
		{ FEED_BYTES(POST TE "chunked\r\nExpect: 100-continue\r\n\r\n"),
		    " chunked continue ..." },
		{ FEED_BYTES(POST "Expect: 100-continue\r\n\r\n"), " none ." },
		{ FEED_BYTES(POST CL "0\r\nExpect: 100-continue\r\n\r\n"),
		    " none ." },
		{ FEED_BYTES(POST CL "1\r\nExpect: 100-continued\r\n\r\nx"),
		    " 1 x." },
		{ FEED_BYTES(OLD CL "1\r\nExpect: 100-continue\r\n\r\nx"),
		    " 1 close x." },
	};

	CHECK_ROWS(rows);
}
END_TEST

static void
add(TCase *t)
{
	tcase_add_test(t, needs_one_valid_host);
	tcase_add_test(t, accepts_one_exact_content_length);
	tcase_add_test(t, accepts_chunked_as_the_only_coding);
	tcase_add_test(t, decides_whether_the_connection_stays_open);
	tcase_add_test(t, expects_continue_only_with_a_body_in_1_1);
}

int
main(void)
{
	return runner_main("framing", add);
}
