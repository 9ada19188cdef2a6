/* SPDX-License-Identifier: ISC */
/*
 * Feeds a parser of HTTP with an input, split in some way, and writes down what
 * it delivers.
 */
#ifndef TINED_TESTS_SERVICE_HTTP_FEED_H
#define TINED_TESTS_SERVICE_HTTP_FEED_H

#include "service/http/parser.h"

#define FEED_TEXT ((size_t)1 << 20)

/*
 * For each request, with a blank between them:
 *
 *	METHOD TARGET MINOR host[:port] {Name=value,...} BODY data .{trailers}
 *
 * where BODY is none, a length, or chunked, and `close` or `continue` behind it;
 * `.` is the end, and `!400 reason` an error.
 */
struct feed {
	struct buf text;
	struct buf marks; /* after how many bytes each event came */
	char text_bytes[FEED_TEXT];
	char marks_bytes[FEED_TEXT];
};

/* The input in two or more pieces: first bytes, then step at a time. */
void feed_run(struct feed *f, const struct http_limits *limits, const char *in,
    size_t n, size_t first, size_t step);

/* The input at once, then also byte by byte and at each place split in two; of
 * a long one at some places.  NULL, or how the results differ. */
const char *feed_all(struct feed *f, const struct http_limits *limits,
    const char *in, size_t n);

extern const struct http_limits feed_limits; /* HTTP_LIMITS_DEFAULT */

/* A string with what may be in it, and its length. */
#define FEED_BYTES(s) (s), sizeof(s) - 1

#endif
