/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <string.h>

#include "service/http/framing.h"
#include "service/http/octet.h"

void
framing_line(struct http_parser *p)
{
	struct http_request *r = &p->request;
	const char *why;

	if (p->now.major != 1) {
		message_refuse(p, 505, "major version is not 1");
		return;
	}
	if (strcmp(r->method, "CONNECT") == 0) {
		message_refuse(p, 501, "CONNECT is not supported");
		return;
	}
	why = uri_parse(r->target, strlen(r->target), &r->uri);
	if (why == NULL && r->uri.form == URI_ASTERISK &&
	    strcmp(r->method, "OPTIONS") != 0)
		why = "the target * is for OPTIONS only";
	if (why != NULL)
		message_refuse(p, 400, why);
	r->host = r->uri.host;
}

static void
field_host(struct http_parser *p, const char *value)
{
	struct host host;
	const char *why;

	if (p->now.has_host) {
		message_refuse(p, 400, "more than one Host");
		return;
	}
	p->now.has_host = true;
	if ((why = host_parse(value, strlen(value), &host)) != NULL)
		message_refuse(p, 400, why);
	else if (p->request.uri.form != URI_ABSOLUTE)
		p->request.host = host;
}

static void
field_length(struct http_parser *p, const char *value)
{
	uint64_t n = 0;
	const char *c;

	if (p->now.has_length) {
		message_refuse(p, 400, "more than one Content-Length");
		return;
	}
	p->now.has_length = true;
	for (c = value; octet_is(*c, OCTET_DIGIT); c++) {
		if (n > (UINT64_MAX - 9) / 10)
			break;
		n = n * 10 + (uint64_t)(*c - '0');
	}
	if (c == value || *c != '\0')
		message_refuse(p, 400, "invalid Content-Length");
	p->request.length = n;
}

/* Takes the next element off a list, without blanks at its ends.  False when
 * none is left; an empty one counts, also after a last comma. */
static bool
next_element(const char **list, struct span *out)
{
	const char *s = *list;
	size_t n;

	if (s == NULL)
		return false;
	n = strcspn(s, ",");
	*list = s[n] == ',' ? s + n + 1 : NULL;
	while (n > 0 && octet_is(*s, OCTET_BLANK)) {
		s++;
		n--;
	}
	while (n > 0 && octet_is(s[n - 1], OCTET_BLANK))
		n--;
	*out = (struct span) { s, n };
	return true;
}

/* Several fields are one list.  Neither empty elements nor parameters, which
 * recipients read differently, are accepted. */
static void
field_coding(struct http_parser *p, const char *value)
{
	struct span e;

	p->now.has_coding = true;
	while (next_element(&value, &e)) {
		if (e.len == 0 ||
		    octet_span(e.s, e.len, OCTET_TOKEN) != e.len) {
			message_refuse(p, 400, "invalid Transfer-Encoding");
			return;
		}
		if (p->request.chunked) {
			message_refuse(p, 400,
			    "chunked is not the last coding");
			return;
		}
		if (octet_equal(e.s, e.len, "chunked"))
			p->request.chunked = true;
		else
			p->now.has_other_coding = true;
	}
}

static void
field_connection(struct http_parser *p, const char *value)
{
	struct span e;

	while (next_element(&value, &e)) {
		if (octet_equal(e.s, e.len, "close"))
			p->now.closes = true;
		else if (octet_equal(e.s, e.len, "keep-alive"))
			p->now.keeps = true;
	}
}

static void
field_expect(struct http_parser *p, const char *value)
{
	struct span e;

	while (next_element(&value, &e)) {
		if (octet_equal(e.s, e.len, "100-continue"))
			p->now.expects = true;
	}
}

static const struct {
	const char *name;
	void (*field)(struct http_parser *p, const char *value);
} known[] = {
	{ "Host", field_host },
	{ "Content-Length", field_length },
	{ "Transfer-Encoding", field_coding },
	{ "Connection", field_connection },
	{ "Expect", field_expect },
};

void
framing_field(struct http_parser *p, const char *name, const char *value)
{
	size_t i, n = strlen(name);

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (octet_equal(name, n, known[i].name))
			known[i].field(p, value);
	}
}

/* Refuses a head whose fields are valid each, but not together. */
static void
check(struct http_parser *p)
{
	const struct http_request *r = &p->request;

	if (!p->now.has_host && r->minor > 0)
		message_refuse(p, 400, "no Host");
	else if (p->now.has_coding && r->minor == 0)
		message_refuse(p, 400, "Transfer-Encoding in HTTP/1.0");
	else if (p->now.has_coding && p->now.has_length)
		message_refuse(p, 400, "Transfer-Encoding and Content-Length");
	else if (p->now.has_coding && !r->chunked)
		message_refuse(p, 400, "chunked is not the last coding");
	else if (p->now.has_other_coding)
		message_refuse(p, 501, "unknown transfer coding");
	else if (r->length > p->limits->body)
		message_refuse(p, 413, "body too large");
}

void
framing_finish(struct http_parser *p)
{
	struct http_request *r = &p->request;

	check(p);
	if (p->state == STATE_FAILED)
		return;
	r->has_body = r->chunked || r->length > 0;
	r->keep_alive = !p->now.closes && (r->minor > 0 || p->now.keeps);
	r->expects_continue = p->now.expects && r->minor > 0 && r->has_body;
	p->now.body_left = p->limits->body;
	p->now.remaining = r->length;
	if (r->chunked)
		p->state = STATE_SIZE;
	else
		p->state = r->has_body ? STATE_LENGTH : STATE_DONE;
}
