/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <string.h>

#include "base/date.h"
#include "service/http/octet.h"
#include "service/http/reply.h"

static const struct {
	unsigned int status;
	const char *phrase;
} phrases[] = {
	{ 100, "Continue" },
	{ 101, "Switching Protocols" },
	{ 200, "OK" },
	{ 201, "Created" },
	{ 202, "Accepted" },
	{ 203, "Non-Authoritative Information" },
	{ 204, "No Content" },
	{ 205, "Reset Content" },
	{ 206, "Partial Content" },
	{ 300, "Multiple Choices" },
	{ 301, "Moved Permanently" },
	{ 302, "Found" },
	{ 303, "See Other" },
	{ 304, "Not Modified" },
	{ 305, "Use Proxy" },
	{ 307, "Temporary Redirect" },
	{ 308, "Permanent Redirect" },
	{ 400, "Bad Request" },
	{ 401, "Unauthorized" },
	{ 402, "Payment Required" },
	{ 403, "Forbidden" },
	{ 404, "Not Found" },
	{ 405, "Method Not Allowed" },
	{ 406, "Not Acceptable" },
	{ 407, "Proxy Authentication Required" },
	{ 408, "Request Timeout" },
	{ 409, "Conflict" },
	{ 410, "Gone" },
	{ 411, "Length Required" },
	{ 412, "Precondition Failed" },
	{ 413, "Content Too Large" },
	{ 414, "URI Too Long" },
	{ 415, "Unsupported Media Type" },
	{ 416, "Range Not Satisfiable" },
	{ 417, "Expectation Failed" },
	{ 421, "Misdirected Request" },
	{ 422, "Unprocessable Content" },
	{ 425, "Too Early" },
	{ 426, "Upgrade Required" },
	{ 428, "Precondition Required" },
	{ 429, "Too Many Requests" },
	{ 431, "Request Header Fields Too Large" },
	{ 500, "Internal Server Error" },
	{ 501, "Not Implemented" },
	{ 502, "Bad Gateway" },
	{ 503, "Service Unavailable" },
	{ 504, "Gateway Timeout" },
	{ 505, "HTTP Version Not Supported" },
	{ 511, "Network Authentication Required" },
};

const char *
reply_phrase(unsigned int status)
{
	size_t i;

	for (i = 0; i < sizeof(phrases) / sizeof(phrases[0]); i++) {
		if (phrases[i].status == status)
			return phrases[i].phrase;
	}
	return "";
}

/* A field that has a time or a number, or begins with one. */
static bool
add_name(struct buf *b, const char *name)
{
	return buf_str(b, name) && buf_str(b, ": ");
}

bool
reply_end(struct buf *b)
{
	return buf_str(b, "\r\n");
}

bool
reply_date(struct buf *b, int64_t t)
{
	struct date d;

	date_utc(t, &d);
	buf_add(b, d.weekday, 3);
	buf_str(b, ", ");
	date_two(b, d.day);
	buf_char(b, ' ');
	buf_add(b, d.month, 3);
	buf_char(b, ' ');
	buf_uint(b, d.year);
	buf_char(b, ' ');
	date_clock(b, &d);
	return buf_str(b, " GMT");
}

/* The two statuses without a body whose length would be wrong. */
static bool
has_length(unsigned int status)
{
	return status >= 200 && status != 204 && status != 304;
}

bool
reply_has_body(unsigned int status, const char *method)
{
	return has_length(status) && status != 205 &&
	    (method == NULL || strcmp(method, "HEAD") != 0);
}

/* How the body ends, and what becomes of the connection. */
static bool
add_framing(struct buf *b, struct reply *r)
{
	bool fits = true;

	if (r->status == 205) {
		r->chunked = false;
		r->length = 0;
	}
	if (r->chunked && r->minor == 0) {
		r->chunked = false;
		r->keep_alive = false;
	} else if (r->chunked && has_length(r->status)) {
		fits = reply_field(b, "Transfer-Encoding", "chunked");
	} else if (has_length(r->status)) {
		fits = add_name(b, "Content-Length") &&
		    buf_uint(b, r->length) && reply_end(b);
	}
	if (!r->keep_alive)
		fits = fits && reply_field(b, "Connection", "close");
	else if (r->minor == 0)
		fits = fits && reply_field(b, "Connection", "keep-alive");
	return fits;
}

bool
reply_begin(struct buf *b, struct reply *r)
{
	return buf_str(b, "HTTP/1.1 ") && buf_uint(b, r->status) &&
	    buf_char(b, ' ') && buf_str(b, reply_phrase(r->status)) &&
	    reply_end(b) && add_name(b, "Date") && reply_date(b, r->now) &&
	    reply_end(b) &&
	    (r->type == NULL || reply_field(b, "Content-Type", r->type)) &&
	    add_framing(b, r) &&
	    reply_field(b, "X-Content-Type-Options", "nosniff");
}

bool
reply_field(struct buf *b, const char *name, const char *value)
{
	size_t n = strlen(name), len = strlen(value);

	if (n == 0 || octet_span(name, n, OCTET_TOKEN) != n ||
	    octet_span(value, len, OCTET_TEXT) != len)
		return false;
	return add_name(b, name) && buf_str(b, value) && reply_end(b);
}

bool
reply_error(struct buf *b, struct reply *r, const char *method,
    const char *reason)
{
	const char *phrase = reply_phrase(r->status);

	*r = (struct reply) { .status = r->status,
		.now = r->now,
		.minor = 1,
		.type = "text/plain; charset=utf-8",
		.length = 3 + strlen(" : \n") + strlen(phrase) +
		    strlen(reason) };
	if (!reply_begin(b, r) || !reply_end(b))
		return false;
	if (!reply_has_body(r->status, method))
		return true;
	return buf_uint(b, r->status) && buf_char(b, ' ') &&
	    buf_str(b, phrase) && buf_str(b, ": ") && buf_str(b, reason) &&
	    buf_char(b, '\n');
}
