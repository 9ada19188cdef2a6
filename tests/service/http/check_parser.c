/* SPDX-License-Identifier: ISC */
/* The parser as a whole: pipelining, limits, what stays after an error. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "runner.h"
#include "service/http/feed.h"

#define GET "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

static const struct http_limits small = { .target = 8,
	.headers = 40,
	.fields = 3,
	.body = 10 };

static struct feed f;

static void
check(const struct http_limits *limits, const char *in, const char *want)
{
	const char *why = feed_all(&f, limits, in, strlen(in));

	ck_assert_msg(why == NULL, "%s: %s", in, why);
	ck_assert_str_eq(f.text_bytes, want);
}

START_TEST(parses_pipelined_requests_in_order)
{
	check(&feed_limits,
	    "GET /1 HTTP/1.1\r\nHost: a\r\nX: 1\r\n\r\n"
	    "POST /2 HTTP/1.1\r\nHost: b\r\nContent-Length: 3\r\n\r\nabc"
	    "\r\nPOST /3 HTTP/1.1\r\nHost: c\r\nTransfer-Encoding: chunked\r\n"
	    "\r\n2\r\nde\r\n0\r\nT: u\r\n\r\n"
	    "GET /4 HTTP/1.1\r\nHost: d\r\nConnection: close\r\n\r\n",
	    "GET /1 1 a {Host=a,X=1} none . "
	    "POST /2 1 b {Host=b,Content-Length=3} 3 abc. "
	    "POST /3 1 c {Host=c,Transfer-Encoding=chunked} chunked de.{T=u} "
	    "GET /4 1 d {Host=d,Connection=close} none close .");
}
END_TEST

START_TEST(keeps_nothing_of_the_request_before)
{
	check(&feed_limits,
	    "POST / HTTP/1.0\r\nHost: [::1]:8\r\nContent-Length: 1\r\n"
	    "Connection: keep-alive\r\n\r\nx"
	    "GET / HTTP/1.0\r\n\r\n" GET "GET / HTTP/1.1\r\n\r\n",
	    "POST / 0 [::1]:8 {Host=[::1]:8,Content-Length=1,"
	    "Connection=keep-alive} 1 x. GET / 0 - {} none close . "
	    "GET / 1 a {Host=a} none .!400 no Host");
}
END_TEST

START_TEST(says_how_many_bytes_a_request_had)
{
	static const char in[] = GET
	    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET";
	char buffer[HTTP_BUFFER_SIZE(100, 100)];
	struct http_limits limits = {
		.target = 100, .headers = 100, .fields = 9, .body = 9
	};
	struct http_parser p;
	const char *at = in, *end = in + sizeof(in) - 1;
	size_t used;

	parser_init(&p, &limits, buffer, sizeof(buffer));
	ck_assert(parser_is_idle(&p));
	ck_assert_int_eq(parser_feed(&p, at, (size_t)(end - at), &used),
	    HTTP_HEAD);
	ck_assert_uint_eq(used, strlen(GET));
	ck_assert(!parser_is_idle(&p));
	at += used;
	/* No body: an event without input. */
	ck_assert_int_eq(parser_feed(&p, at, 0, &used), HTTP_END);
	ck_assert_uint_eq(used, 0);
	ck_assert(parser_is_idle(&p));
	/* Until the next byte the last request is still there. */
	ck_assert_int_eq(parser_feed(&p, at, 0, &used), HTTP_MORE);
	ck_assert_str_eq(message_field(p.request.fields, "host"), "a");
	ck_assert_ptr_null(message_field(p.request.fields, "hos"));
	ck_assert_int_eq(parser_feed(&p, at, (size_t)(end - at), &used),
	    HTTP_HEAD);
	at += used;
	ck_assert_int_eq(parser_feed(&p, at, (size_t)(end - at), &used),
	    HTTP_DATA);
	ck_assert_ptr_eq(p.data.s, at);
	ck_assert_uint_eq(p.data.len, 3);
	at += used;
	ck_assert_int_eq(parser_feed(&p, at, (size_t)(end - at), &used),
	    HTTP_END);
	ck_assert_int_eq(parser_feed(&p, at, (size_t)(end - at), &used),
	    HTTP_MORE);
	ck_assert_uint_eq(used, 3);
	ck_assert(!parser_is_idle(&p));
}
END_TEST

START_TEST(an_error_is_the_last_event)
{
	char buffer[HTTP_BUFFER_SIZE(100, 100)];
	struct http_limits limits = {
		.target = 100, .headers = 100, .fields = 9, .body = 9
	};
	struct http_parser p;
	struct http_field field;
	size_t used;

	parser_init(&p, &limits, buffer, sizeof(buffer));
	ck_assert_int_eq(parser_feed(&p,
			     FEED_BYTES("GET /x HTTP/1.1\r\nA: b\r\nHo st:"),
			     &used),
	    HTTP_FAILED);
	ck_assert_int_eq(parser_feed(&p, FEED_BYTES(GET), &used), HTTP_FAILED);
	ck_assert_uint_eq(used, 0);
	ck_assert_int_eq(parser_feed(&p, NULL, 0, &used), HTTP_FAILED);
	ck_assert_uint_eq(p.status, 400);
	/* What a log may say of it. */
	ck_assert_str_eq(p.request.method, "GET");
	ck_assert_str_eq(p.request.target, "/x");
	ck_assert(message_next(&p.request.fields, &field));
	ck_assert_str_eq(field.name, "A");
	ck_assert(!message_next(&p.request.fields, &field));
	ck_assert(!p.request.keep_alive);
}
END_TEST

START_TEST(limits_method_and_target)
{
	check(&small, "GET /2345678 HTTP/1.0\r\n\r\n",
	    "GET /2345678 0 - {} none close .");
	check(&small, "GET /23456789 HTTP/1.0\r\n\r\n", "!414 target too long");
	check(&small, "GET /23456789", "...");
	check(&small, "GET /234567890", "!414 target too long");
	check(&small, "M2345678901234567890123456789012 / HTTP/1.0\r\n\r\n",
	    "M2345678901234567890123456789012 / 0 - {} none close .");
	check(&small, "M23456789012345678901234567890123 / HTTP/1.0\r\n\r\n",
	    "!501 method too long");
}
END_TEST

START_TEST(limits_the_headers)
{
	check(&small,
	    "GET / HTTP/1.0\r\nA: 678901234567890123456789012345678"
	    "\r\n\r\n",
	    "GET / 0 - {A=678901234567890123456789012345678} none close .");
	check(&small,
	    "GET / HTTP/1.0\r\nA: 6789012345678901234567890123456789"
	    "\r\n\r\n",
	    "!431 fields too large");
	check(&small,
	    "GET / HTTP/1.0\r\nA:                                    "
	    "         b\r\n\r\n",
	    "!431 fields too large");
	check(&small,
	    "GET / HTTP/1.0\r\n2345678901234567890123456789012345678"
	    "901234567890",
	    "!431 fields too large");
	check(&small, "GET / HTTP/1.0\r\nA:\r\nB:\r\nC:\r\n\r\n",
	    "GET / 0 - {A=,B=,C=} none close .");
	check(&small, "GET / HTTP/1.0\r\nA:\r\nB:\r\nC:\r\nD:\r\n\r\n",
	    "!431 too many fields");
}
END_TEST

#define CHUNKED      "PUT / HTTP/1.1\r\nHost:a\r\nTransfer-Encoding:chunked\r\n\r\n"
#define CHUNKED_HEAD "PUT / 1 a {Host=a,Transfer-Encoding=chunked} chunked "

START_TEST(limits_the_body)
{
	struct http_limits limits = {
		.target = 8, .headers = 99, .fields = 3, .body = 10
	};

	check(&limits, "PUT / HTTP/1.0\r\nContent-Length: 10\r\n\r\n0123456789",
	    "PUT / 0 - {Content-Length=10} 10 close 0123456789.");
	check(&limits, "PUT / HTTP/1.0\r\nContent-Length: 11\r\n\r\n",
	    "!413 body too large");
	check(&limits, CHUNKED "a\r\n0123456789\r\n0\r\n\r\n",
	    CHUNKED_HEAD "0123456789.");
	check(&limits, CHUNKED "b\r\n", CHUNKED_HEAD "!413 body too large");
	check(&limits, CHUNKED "5\r\n01234\r\n5\r\n56789\r\n1\r\nx",
	    CHUNKED_HEAD "0123456789!413 body too large");
}
END_TEST

START_TEST(limits_the_trailers_with_the_headers)
{
	struct http_limits limits = {
		.target = 8, .headers = 57, .fields = 3, .body = 10
	};

	check(&limits, CHUNKED "0\r\nA: 6789012345678\r\n\r\n",
	    CHUNKED_HEAD ".{A=6789012345678}");
	check(&limits, CHUNKED "0\r\nA: 67890123456789\r\n\r\n",
	    CHUNKED_HEAD "!431 fields too large");
	check(&limits, CHUNKED "0\r\nA:\r\nB:\r\n\r\n",
	    CHUNKED_HEAD "!431 too many fields");
}
END_TEST

/* The rows of `small` are the same with each smaller buffer, or an error. */
START_TEST(a_small_buffer_lowers_the_limits)
{
	static const char in[] = "GET /2345678 HTTP/1.0\r\nA: bcdefgh\r\n\r\n";
	const size_t whole = sizeof("GET./2345678.A.bcdefgh");
	struct http_parser p;
	size_t size, used;
	char *buffer;

	for (size = 0; size <= whole; size++) {
		buffer = malloc(size + 1);
		parser_init(&p, &small, buffer, size);
		if (parser_feed(&p, in, strlen(in), &used) == HTTP_HEAD)
			ck_assert_uint_eq(size, whole);
		else
			ck_assert_uint_eq(p.status,
			    size < 4      ? 501 :
				size < 13 ? 414 :
					    431);
		free(buffer);
	}
}
END_TEST

static void
fill(struct buf *b, char c, size_t n)
{
	while (n-- > 0)
		buf_char(b, c);
}

START_TEST(parses_a_request_as_large_as_the_limits)
{
	static char in[1 << 17];
	struct buf b = buf_on(in, sizeof(in));
	size_t i, short_ones = (feed_limits.fields - 1) * strlen("f:\r\n");

	fill(&b, 'M', HTTP_METHOD_MAX);
	buf_char(&b, ' ');
	fill(&b, '/', feed_limits.target);
	buf_str(&b, " HTTP/1.0\r\nX:");
	fill(&b, 'v', feed_limits.headers - strlen("X:\r\n\r\n") - short_ones);
	for (i = 0; i < feed_limits.fields; i++)
		buf_str(&b, i == 0 ? "\r\n" : "f:\r\n");
	ck_assert(buf_str(&b, "\r\n"));
	ck_assert_ptr_null(feed_all(&f, &feed_limits, b.s, b.len));
	ck_assert_str_eq(f.text_bytes + f.text.len - strlen("f=} none close ."),
	    "f=} none close .");
}
END_TEST

static void
add(TCase *t)
{
	tcase_add_test(t, parses_pipelined_requests_in_order);
	tcase_add_test(t, keeps_nothing_of_the_request_before);
	tcase_add_test(t, says_how_many_bytes_a_request_had);
	tcase_add_test(t, an_error_is_the_last_event);
	tcase_add_test(t, limits_method_and_target);
	tcase_add_test(t, limits_the_headers);
	tcase_add_test(t, limits_the_body);
	tcase_add_test(t, limits_the_trailers_with_the_headers);
	tcase_add_test(t, a_small_buffer_lowers_the_limits);
	tcase_add_test(t, parses_a_request_as_large_as_the_limits);
}

int
main(void)
{
	return runner_main("parser", add);
}
