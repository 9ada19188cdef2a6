/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <string.h>

#include "runner.h"
#include "service/http/reply.h"

#define NOW     784111777 /* RFC 9110, section 5.6.7 */
#define DATE    "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
#define NOSNIFF "X-Content-Type-Options: nosniff\r\n"

static char array[1024];

/* The head of r. */
static const char *
head(struct reply *r)
{
	struct buf b = buf_on(array, sizeof(array));

	r->now = NOW;
	ck_assert(reply_begin(&b, r));
	ck_assert(reply_end(&b));
	return buf_string(&b);
}

START_TEST(writes_a_head)
{
	struct reply r = { .status = 200,
		.type = "text/plain",
		.length = 5,
		.minor = 1,
		.keep_alive = true };

	ck_assert_str_eq(head(&r),
	    "HTTP/1.1 200 OK\r\n" DATE "Content-Type: text/plain\r\n"
	    "Content-Length: 5\r\n" NOSNIFF "\r\n");
	r = (struct reply) { .status = 404, .minor = 1 };
	ck_assert_str_eq(head(&r),
	    "HTTP/1.1 404 Not Found\r\n" DATE "Content-Length: 0\r\n"
	    "Connection: close\r\n" NOSNIFF "\r\n");
	r = (struct reply) {
		.status = 299, .chunked = true, .minor = 1, .keep_alive = true
	};
	ck_assert_str_eq(head(&r),
	    "HTTP/1.1 299 \r\n" DATE "Transfer-Encoding: chunked\r\n" NOSNIFF
	    "\r\n");
}
END_TEST

START_TEST(answers_http_1_0_so_that_it_understands)
{
	struct reply r = { .status = 200, .length = 1, .keep_alive = true };

	ck_assert_str_eq(head(&r),
	    "HTTP/1.1 200 OK\r\n" DATE "Content-Length: 1\r\n"
	    "Connection: keep-alive\r\n" NOSNIFF "\r\n");
	r.chunked = true;
	ck_assert_str_eq(head(&r),
	    "HTTP/1.1 200 OK\r\n" DATE "Connection: close\r\n" NOSNIFF "\r\n");
	ck_assert(!r.chunked && !r.keep_alive);
}
END_TEST

START_TEST(some_statuses_have_no_body)
{
	struct reply r = {
		.status = 204, .length = 5, .minor = 1, .keep_alive = true
	};

	ck_assert_str_eq(head(&r),
	    "HTTP/1.1 204 No Content\r\n" DATE NOSNIFF "\r\n");
	r.status = 304;
	r.chunked = true;
	ck_assert_str_eq(head(&r),
	    "HTTP/1.1 304 Not Modified\r\n" DATE NOSNIFF "\r\n");
	r.status = 205;
	ck_assert_str_eq(head(&r),
	    "HTTP/1.1 205 Reset Content\r\n" DATE
	    "Content-Length: 0\r\n" NOSNIFF "\r\n");
	ck_assert(reply_has_body(200, "GET"));
	ck_assert(reply_has_body(400, NULL));
	ck_assert(!reply_has_body(200, "HEAD"));
	ck_assert(!reply_has_body(100, "GET"));
	ck_assert(!reply_has_body(204, "GET"));
	ck_assert(!reply_has_body(205, "GET"));
	ck_assert(!reply_has_body(304, "GET"));
}
END_TEST

START_TEST(refuses_fields_that_end_the_line)
{
	static const struct {
		const char *name, *value;
	} bad[] = {
		{ "", "a" },
		{ "X Y", "a" },
		{ "X:", "a" },
		{ "X\r\nY", "a" },
		{ "X", "a\r\nY: b" },
		{ "X", "a\nY: b" },
		{ "X", "\r" },
		{ "X", "\033" },
	};
	struct buf b = buf_on(array, sizeof(array));
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(!reply_field(&b, bad[i].name, bad[i].value),
		    "%zu", i);
	ck_assert_uint_eq(b.len, 0);
	ck_assert(reply_field(&b, "X", ""));
	ck_assert(reply_field(&b, "Allow", "GET, HEAD"));
	ck_assert_str_eq(buf_string(&b), "X: \r\nAllow: GET, HEAD\r\n");
}
END_TEST

/* The length of a response with each function, in so many bytes; 0 if that was
 * not enough. */
static size_t
fitted(size_t size)
{
	struct reply r = {
		.status = 200, .type = "text/plain", .keep_alive = true
	};
	struct buf b = buf_on(array, size);

	if (!reply_begin(&b, &r) || !reply_field(&b, "X", "y") ||
	    !reply_end(&b))
		return 0;
	r.status = 500;
	return reply_error(&b, &r, "GET", "x") ? b.len : 0;
}

START_TEST(says_when_the_buffer_is_full)
{
	size_t whole = fitted(sizeof(array)), size;

	ck_assert_uint_gt(whole, 0);
	for (size = 0; size < whole; size++)
		ck_assert_uint_eq(fitted(size), 0);
	ck_assert_uint_eq(fitted(whole), whole);
}
END_TEST

START_TEST(writes_errors_whole)
{
	struct reply r = { .status = 400, .now = NOW, .keep_alive = true };
	struct buf b = buf_on(array, sizeof(array));

	ck_assert(reply_error(&b, &r, NULL, "no Host"));
	ck_assert_str_eq(buf_string(&b),
	    "HTTP/1.1 400 Bad Request\r\n" DATE
	    "Content-Type: text/plain; charset=utf-8\r\n"
	    "Content-Length: 25\r\nConnection: close\r\n" NOSNIFF "\r\n"
	    "400 Bad Request: no Host\n");
	ck_assert_uint_eq(strlen("400 Bad Request: no Host\n"), 25);
	b.len = 0;
	ck_assert(reply_error(&b, &r, "HEAD", "no Host"));
	ck_assert_str_eq(buf_string(&b) + b.len - 4, "\r\n\r\n");
}
END_TEST

START_TEST(knows_the_phrases)
{
	ck_assert_str_eq(reply_phrase(431), "Request Header Fields Too Large");
	ck_assert_str_eq(reply_phrase(505), "HTTP Version Not Supported");
	ck_assert_str_eq(reply_phrase(0), "");
	ck_assert_str_eq(reply_phrase(418), "");
}
END_TEST

static void
add(TCase *t)
{
	tcase_add_test(t, writes_a_head);
	tcase_add_test(t, answers_http_1_0_so_that_it_understands);
	tcase_add_test(t, some_statuses_have_no_body);
	tcase_add_test(t, refuses_fields_that_end_the_line);
	tcase_add_test(t, says_when_the_buffer_is_full);
	tcase_add_test(t, writes_errors_whole);
	tcase_add_test(t, knows_the_phrases);
}

int
main(void)
{
	return runner_main("reply", add);
}
