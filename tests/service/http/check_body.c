/* SPDX-License-Identifier: ISC */
/* Bodies in chunks, and of a known length. */
#include "config.h"

#include <string.h>

#include "runner.h"
#include "service/http/feed.h"

#define HEAD                                                                   \
	"POST / HTTP/1.1\r\nHost: a\r\n"                                       \
	"Transfer-Encoding: chunked\r\n\r\n"
#define CHUNKED   "POST / 1 a {Host=a,Transfer-Encoding=chunked} chunked "
#define CHUNKS(s) HEAD s, sizeof(HEAD s) - 1

struct row {
	const char *in;
	size_t n;
	const char *want; /* behind CHUNKED */
};

static struct feed f;

static void
check_rows(const struct row *row, size_t n)
{
	const char *why, *got;
	size_t i;

	for (i = 0; i < n; i++) {
		why = feed_all(&f, &feed_limits, row[i].in, row[i].n);
		ck_assert_msg(why == NULL, "%s: %s", row[i].in, why);
		got = f.text_bytes + strlen(CHUNKED);
		ck_assert_msg(f.text.len >= strlen(CHUNKED) &&
			strcmp(got, row[i].want) == 0,
		    "%s: %s", row[i].in, got);
	}
}

#define CHECK_ROWS(rows) check_rows(rows, sizeof(rows) / sizeof((rows)[0]))

START_TEST(joins_chunks)
{
	static const struct row rows[] = {
		{ CHUNKS("0\r\n\r\n"), "." },
		{ CHUNKS("5\r\nhello\r\n0\r\n\r\n"), "hello." },
		{ CHUNKS("1\r\na\r\n2\r\nbc\r\n03\r\ndef\r\n000\r\n\r\n"),
		    "abcdef." },
		{ CHUNKS("a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n"),
		    "01234567890123456789." },
		{ CHUNKS("0000000000000001\r\na\r\n0000000000000000\r\n\r\n"),
		    "a." },
		{ CHUNKS("4\r\n\r\n\r\n\r\n0\r\n\r\n"), "\r\n\r\n." },
		{ CHUNKS("5\r\n0\r\n\r\n\r\n0\r\n\r\n"), "0\r\n\r\n." },
		/* Extensions. */
		{ CHUNKS("1;x\r\na\r\n0;y=z\r\n\r\n"), "a." },
		{ CHUNKS("1 ; x=\"y;\" \t;z\r\na\r\n0\t;\r\n\r\n"), "a." },
		{ CHUNKS("1;x=\"\200\\\"\\\\\";y\r\na\r\n0\r\n\r\n"), "a." },
		/* Trailers. */
		{ CHUNKS("0\r\nX: y\r\nZ:\r\n\r\n"), ".{X=y,Z=}" },
		{ CHUNKS("1\r\na\r\n0\r\nContent-Length: 5\r\nHost: b\r\n"
			 "Transfer-Encoding: x\r\nConnection: close\r\n\r\n"),
		    "a.{Content-Length=5,Host=b,Transfer-Encoding=x,"
		    "Connection=close}" },
	};

	CHECK_ROWS(rows);
}
END_TEST

START_TEST(waits_for_the_rest)
{
	static const struct row rows[] = {
		{ CHUNKS(""), "..." },
		{ CHUNKS("1"), "..." },
		{ CHUNKS("1\r"), "..." },
		{ CHUNKS("1\r\n"), "..." },
		{ CHUNKS("1\r\na"), "a..." },
		{ CHUNKS("1\r\na\r\n"), "a..." },
		{ CHUNKS("1\r\na\r\n0\r\n"), "a..." },
		{ CHUNKS("1\r\na\r\n0\r\nX: y\r\n"), "a..." },
	};

	CHECK_ROWS(rows);
}
END_TEST

START_TEST(refuses_hostile_chunks)
{
	static const struct row rows[] = {
		{ CHUNKS("\r\n"), "!400 invalid chunk size" },
		{ CHUNKS("\n"), "!400 invalid chunk size" },
		{ CHUNKS("x\r\n"), "!400 invalid chunk size" },
		{ CHUNKS("g\r\n"), "!400 invalid chunk size" },
		{ CHUNKS("+1\r\na\r\n"), "!400 invalid chunk size" },
		{ CHUNKS("-1\r\na\r\n"), "!400 invalid chunk size" },
		{ CHUNKS("-0\r\n\r\n"), "!400 invalid chunk size" },
		{ CHUNKS(" 1\r\na\r\n"), "!400 invalid chunk size" },
		{ CHUNKS("\t1\r\na\r\n"), "!400 invalid chunk size" },
		{ CHUNKS("1 \r\na\r\n"), "!400 invalid chunk size" },
		{ CHUNKS("1 1\r\na\r\n"), "!400 invalid chunk size" },
		{ CHUNKS("0x1\r\na\r\n"), "!400 invalid chunk size" },
		{ CHUNKS("0X1\r\na\r\n"), "!400 invalid chunk size" },
		{ CHUNKS("1h\r\na\r\n"), "!400 invalid chunk size" },
		{ CHUNKS("1_0\r\na\r\n"), "!400 invalid chunk size" },
		{ CHUNKS("1.\r\na\r\n"), "!400 invalid chunk size" },
		{ CHUNKS("1,\r\na\r\n"), "!400 invalid chunk size" },
		{ CHUNKS("1\0\r\na\r\n"), "!400 invalid chunk size" },
		{ CHUNKS("1\v\r\na\r\n"), "!400 invalid chunk size" },
		{ CHUNKS(";x\r\n"), "!400 invalid chunk size" },
		{ CHUNKS("\"1\"\r\n"), "!400 invalid chunk size" },
		/* Sizes that do not fit 32, 63 or 64 bits. */
		{ CHUNKS("100000001\r\na\r\n"), "!413 body too large" },
		{ CHUNKS("8000000000000000\r\na\r\n"), "!413 body too large" },
		{ CHUNKS("ffffffffffffffff\r\na\r\n"), "!413 body too large" },
		{ CHUNKS("10000000000000001\r\na\r\n"),
		    "!400 chunk size too long" },
		{ CHUNKS("00000000000000001\r\na\r\n"),
		    "!400 chunk size too long" },
		{ CHUNKS("fffffffffffffffff\r\na\r\n"),
		    "!400 chunk size too long" },
		/* Ends of lines and of chunks. */
		{ CHUNKS("1\na\r\n0\r\n\r\n"), "!400 invalid chunk size" },
		{ CHUNKS("1\ra\r\n0\r\n\r\n"),
		    "!400 no CR LF at the end of a chunk" },
		{ CHUNKS("1\r\r\na\r\n"),
		    "!400 no CR LF at the end of a chunk" },
		{ CHUNKS("1\r\na\n0\r\n\r\n"),
		    "a!400 no CR LF at the end of a chunk" },
		{ CHUNKS("1\r\na\r0\r\n\r\n"),
		    "a!400 no CR LF at the end of a chunk" },
		{ CHUNKS("1\r\nab\r\n0\r\n\r\n"),
		    "a!400 no CR LF at the end of a chunk" },
		{ CHUNKS("1\r\na0\r\n\r\n"),
		    "a!400 no CR LF at the end of a chunk" },
		{ CHUNKS("2\r\na\r\n0\r\n\r\n"),
		    "a\r!400 no CR LF at the end of a chunk" },
		{ CHUNKS("1\r\na\r\n\r\n0\r\n\r\n"),
		    "a!400 invalid chunk size" },
		{ CHUNKS("0\n\n"), "!400 invalid chunk size" },
		{ CHUNKS("0\r\n\n"), "!400 invalid field name" },
		{ CHUNKS("0\r\n\rX"), "!400 CR without LF" },
		/* Extensions. */
		{ CHUNKS("1;x\na\r\n0\r\n\r\n"),
		    "!400 invalid chunk extension" },
		{ CHUNKS("1;\nx\r\n"), "!400 invalid chunk extension" },
		{ CHUNKS("1;x=\"\n\"\r\na\r\n"),
		    "!400 invalid chunk extension" },
		{ CHUNKS("1;x\ry\r\na\r\n"),
		    "!400 no CR LF at the end of a chunk" },
		{ CHUNKS("1;\0\r\na\r\n"), "!400 invalid chunk extension" },
		{ CHUNKS("1;\177\r\na\r\n"), "!400 invalid chunk extension" },
		{ CHUNKS("1;x=\200\r\na\r\n"), "!400 invalid chunk extension" },
		{ CHUNKS("1;{x}\r\na\r\n"), "!400 invalid chunk extension" },
		{ CHUNKS("1;x=\"\r\na\r\n"), "!400 invalid chunk extension" },
		{ CHUNKS("1;x=\"\\\"\r\na\r\n"),
		    "!400 invalid chunk extension" },
		{ CHUNKS("1;\\\r\na\r\n"), "!400 invalid chunk extension" },
		/* Trailers. */
		{ CHUNKS("0\r\nX : y\r\n\r\n"), "!400 blank in a field name" },
		{ CHUNKS("0\r\n X: y\r\n\r\n"),
		    "!400 line begins with a blank" },
		{ CHUNKS("0\r\nX: y\n\r\n"), "!400 LF without CR" },
		{ CHUNKS("0\r\nX: \0\r\n\r\n"),
		    "!400 control character in a field" },
		{ CHUNKS("0\r\nGET / HTTP/1.1\r\n\r\n"),
		    "!400 blank in a field name" },
	};

	CHECK_ROWS(rows);
}
END_TEST

START_TEST(delivers_any_bytes)
{
	static const char head[] =
	    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 256\r\n\r\n";
	char in[sizeof(head) - 1 + 256];
	size_t i;

	memcpy(in, head, sizeof(head) - 1);
	for (i = 0; i < 256; i++)
		in[sizeof(head) - 1 + i] = (char)i;
	feed_run(&f, &feed_limits, in, sizeof(in), 100, 7);
	ck_assert_int_eq(memcmp(f.text_bytes + f.text.len - 257,
			     in + sizeof(head) - 1, 256),
	    0);
}
END_TEST

/* n bytes of extensions before a chunk. */
static void
feed_extensions(size_t n)
{
	static char in[1 << 15];
	struct buf b = buf_on(in, sizeof(in));

	buf_str(&b, HEAD "1");
	while (n-- > 0)
		buf_char(&b, ';');
	ck_assert(buf_str(&b, "\r\na\r\n0\r\n\r\n"));
	ck_assert_ptr_null(feed_all(&f, &feed_limits, b.s, b.len));
}

START_TEST(bounds_the_extensions)
{
	size_t max = (size_t)16 << 10;

	feed_extensions(max);
	ck_assert_str_eq(f.text_bytes + strlen(CHUNKED), "a.");
	feed_extensions(max + 1);
	ck_assert_str_eq(f.text_bytes + strlen(CHUNKED),
	    "!400 chunk extensions too long");
}
END_TEST

static void
add(TCase *t)
{
	tcase_add_test(t, joins_chunks);
	tcase_add_test(t, waits_for_the_rest);
	tcase_add_test(t, refuses_hostile_chunks);
	tcase_add_test(t, delivers_any_bytes);
	tcase_add_test(t, bounds_the_extensions);
}

int
main(void)
{
	return runner_main("body", add);
}
