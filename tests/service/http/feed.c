/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "service/http/feed.h"

#define SPLITS_MAX 512 /* places at which an input is split in two */

const struct http_limits feed_limits = HTTP_LIMITS_DEFAULT;

static void
write_host(struct buf *t, const struct host *h)
{
	if (h->kind == HOST_IPV6)
		buf_char(t, '[');
	buf_add(t, h->kind == HOST_NONE ? "-" : h->name,
	    h->kind == HOST_NONE ? 1 : h->len);
	if (h->kind == HOST_IPV6)
		buf_char(t, ']');
	if (h->port != HOST_NO_PORT) {
		buf_char(t, ':');
		buf_int(t, h->port);
	}
}

static void
write_fields(struct buf *t, struct http_fields fields)
{
	struct http_field f;
	const char *separator = "";

	buf_char(t, '{');
	while (message_next(&fields, &f)) {
		buf_str(t, separator);
		buf_str(t, f.name);
		buf_char(t, '=');
		buf_str(t, f.value);
		separator = ",";
	}
	buf_char(t, '}');
}

static void
write_head(struct buf *t, const struct http_request *r)
{
	if (t->len > 0)
		buf_char(t, ' ');
	buf_str(t, r->method);
	buf_char(t, ' ');
	buf_str(t, r->target);
	buf_char(t, ' ');
	buf_int(t, r->minor);
	buf_char(t, ' ');
	write_host(t, &r->host);
	buf_char(t, ' ');
	write_fields(t, r->fields);
	buf_char(t, ' ');
	if (r->chunked)
		buf_str(t, "chunked");
	else if (r->has_body)
		buf_uint(t, r->length);
	else
		buf_str(t, "none");
	if (!r->keep_alive)
		buf_str(t, " close");
	if (r->expects_continue)
		buf_str(t, " continue");
	buf_char(t, ' ');
}

static void
write_event(struct feed *f, const struct http_parser *p, enum http_event event)
{
	struct buf *t = &f->text;

	if (event == HTTP_HEAD) {
		write_head(t, &p->request);
	} else if (event == HTTP_DATA) {
		buf_add(t, p->data.s, p->data.len);
	} else if (event == HTTP_END) {
		buf_char(t, '.');
		if (p->request.trailers.at != p->request.trailers.end)
			write_fields(t, p->request.trailers);
	} else if (event == HTTP_FAILED) {
		buf_char(t, '!');
		buf_uint(t, p->status);
		buf_char(t, ' ');
		buf_str(t, p->reason);
	}
}

/* One piece, at `offset` of the input, in memory of its own: a sanitizer sees its
 * end.  False after an error. */
static bool
feed_piece(struct feed *f, struct http_parser *p, const char *in, size_t n,
    size_t offset)
{
	enum http_event event = HTTP_HEAD;
	char *piece = malloc(n > 0 ? n : 1);
	size_t used, done = 0;

	if (piece == NULL)
		abort();
	memcpy(piece, in, n);
	while (event != HTTP_MORE && event != HTTP_FAILED) {
		event = parser_feed(p, piece + done, n - done, &used);
		done += used;
		write_event(f, p, event);
		if (event != HTTP_MORE && event != HTTP_DATA) {
			buf_uint(&f->marks, offset + done);
			buf_char(&f->marks, ' ');
		}
	}
	free(piece);
	return event != HTTP_FAILED;
}

void
feed_run(struct feed *f, const struct http_limits *limits, const char *in,
    size_t n, size_t first, size_t step)
{
	size_t size = HTTP_BUFFER_SIZE(limits->target, limits->headers);
	char *buffer = malloc(size);
	struct http_parser p;
	size_t at = 0, piece = first;

	if (buffer == NULL)
		abort();
	f->text = buf_on(f->text_bytes, sizeof(f->text_bytes));
	f->marks = buf_on(f->marks_bytes, sizeof(f->marks_bytes));
	parser_init(&p, limits, buffer, size);
	do {
		if (piece > n - at)
			piece = n - at;
		if (!feed_piece(f, &p, in + at, piece, at))
			break;
		at += piece;
		piece = step;
	} while (at < n);
	if (!parser_is_idle(&p) && p.state != STATE_FAILED)
		buf_str(&f->text, "...");
	buf_string(&f->text);
	buf_string(&f->marks);
	free(buffer);
}

/* NULL, or how another split differs from f. */
static const char *
compare(const struct feed *f, const struct http_limits *limits, const char *in,
    size_t n, size_t first, size_t step)
{
	static struct feed other;
	static char why[4096];

	feed_run(&other, limits, in, n, first, step);
	if (strcmp(f->text_bytes, other.text_bytes) == 0 &&
	    strcmp(f->marks_bytes, other.marks_bytes) == 0)
		return NULL;
	snprintf(why, sizeof(why),
	    "%.1000s\n%.500s\nfirst %zu then %zu:\n"
	    "%.1000s\n%.500s",
	    f->text_bytes, f->marks_bytes, first, step, other.text_bytes,
	    other.marks_bytes);
	return why;
}

const char *
feed_all(struct feed *f, const struct http_limits *limits, const char *in,
    size_t n)
{
	const char *why;
	size_t at, step = n / SPLITS_MAX + 1;

	feed_run(f, limits, in, n, n, n);
	if ((why = compare(f, limits, in, n, 1, 1)) != NULL)
		return why;
	for (at = 0; at < n; at += step) {
		if ((why = compare(f, limits, in, n, at, n)) != NULL)
			return why;
	}
	return NULL;
}
