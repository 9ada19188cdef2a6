/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <string.h>

#include "service/http/framing.h"
#include "service/http/head.h"
#include "service/http/octet.h"

#define EXTENSIONS_MAX ((size_t)16 << 10) /* of all chunks of a body */

static const char version[] = "HTTP/d.d\r"; /* d: any digit */

/* The present part exceeds its limit, or the buffer's size. */
static void
refuse_size(struct http_parser *p)
{
	if (p->state == STATE_METHOD)
		message_refuse(p, 501, "method too long");
	else if (p->state == STATE_TARGET)
		message_refuse(p, 414, "target too long");
	else
		message_refuse(p, 431, "fields too large");
}

/* Keeps the bytes from in on that are of the classes. */
static const char *
run(struct http_parser *p, const char *in, const char *end,
    unsigned int classes)
{
	size_t n = octet_span(in, (size_t)(end - in), classes);

	if (n > buf_room(&p->text)) {
		n = buf_room(&p->text);
		refuse_size(p);
	}
	buf_add(&p->text, in, n);
	p->now.left -= n;
	return in + n;
}

/* Goes behind a byte that is not kept, into another state. */
static const char *
skip(struct http_parser *p, const char *at, enum http_state state)
{
	p->now.left--;
	if (p->state != STATE_FAILED)
		p->state = state;
	return at + 1;
}

/* Ends the string that is being kept, at the separator behind it. */
static const char *
end_string(struct http_parser *p, const char *at, enum http_state state)
{
	if (!buf_char(&p->text, '\0'))
		refuse_size(p);
	return skip(p, at, state);
}

static const char *
refuse(struct http_parser *p, const char *at, const char *reason)
{
	message_refuse(p, 400, reason);
	return at;
}

/* Forgets the last request. */
static void
begin(struct http_parser *p)
{
	p->text.len = 0;
	p->request = (struct http_request) { .host.port = HOST_NO_PORT };
	p->now = (struct http_progress) { .left = HTTP_METHOD_MAX + 1,
		.extensions_left = EXTENSIONS_MAX };
	p->state = STATE_METHOD;
}

static const char *
take_start(struct http_parser *p, const char *in, const char *end)
{
	(void)end;
	begin(p);
	return *in == '\r' ? skip(p, in, STATE_BLANK_LF) : in;
}

static const char *
take_method(struct http_parser *p, const char *in, const char *end)
{
	const char *at = run(p, in, end, OCTET_TOKEN);

	if (at == end || p->state == STATE_FAILED)
		return at;
	if (*at != ' ' || p->text.len == 0)
		return refuse(p, at, "invalid method");
	p->request.method = p->text.s;
	at = end_string(p, at, STATE_TARGET);
	p->now.name = p->text.len;
	p->now.left = p->limits->target + 1;
	return at;
}

static const char *
take_target(struct http_parser *p, const char *in, const char *end)
{
	const char *at = run(p, in, end, OCTET_TARGET);

	if (at == end || p->state == STATE_FAILED)
		return at;
	if (*at == '#')
		return refuse(p, at, "fragment in the target");
	if (*at == '\r')
		return refuse(p, at, "no version");
	if (*at != ' ' || p->text.len == p->now.name)
		return refuse(p, at, "invalid target");
	at = end_string(p, at, STATE_VERSION);
	if (p->state != STATE_FAILED)
		p->request.target = p->text.s + p->now.name;
	p->now.left = sizeof(version);
	return at;
}

static const char *
take_version(struct http_parser *p, const char *in, const char *end)
{
	char want = version[p->now.matched];

	(void)end;
	if (want == 'd' ? !octet_is(*in, OCTET_DIGIT) : *in != want)
		return refuse(p, in, "invalid version");
	if (want == 'd') {
		if (p->now.matched == strlen("HTTP/"))
			p->now.major = *in - '0';
		else
			p->request.minor = *in - '0';
	}
	p->now.matched++;
	return skip(p, in, want == '\r' ? STATE_LINE_LF : STATE_VERSION);
}

static void
end_line(struct http_parser *p)
{
	char *at = p->text.s + p->text.len;

	framing_line(p);
	p->now.left = p->limits->headers;
	p->request.fields = (struct http_fields) { at, at };
}

static const char *
take_field(struct http_parser *p, const char *in, const char *end)
{
	(void)end;
	if (*in == '\r')
		return skip(p, in, STATE_LAST_LF);
	if (octet_is(*in, OCTET_BLANK))
		return refuse(p, in, "line begins with a blank");
	if (p->now.nfields == p->limits->fields) {
		message_refuse(p, 431, "too many fields");
		return in;
	}
	p->now.nfields++;
	p->now.name = p->text.len;
	p->state = STATE_NAME;
	return in;
}

static const char *
take_name(struct http_parser *p, const char *in, const char *end)
{
	const char *at = run(p, in, end, OCTET_TOKEN);

	if (at == end || p->state == STATE_FAILED)
		return at;
	if (octet_is(*at, OCTET_BLANK))
		return refuse(p, at, "blank in a field name");
	if (*at != ':' || p->text.len == p->now.name)
		return refuse(p, at, "invalid field name");
	at = end_string(p, at, STATE_OWS);
	p->now.value = p->text.len;
	return at;
}

static const char *
take_ows(struct http_parser *p, const char *in, const char *end)
{
	(void)end;
	if (octet_is(*in, OCTET_BLANK))
		return skip(p, in, STATE_OWS);
	p->state = STATE_VALUE;
	return in;
}

static const char *
take_value(struct http_parser *p, const char *in, const char *end)
{
	const char *at = run(p, in, end, OCTET_TEXT);

	if (at == end || p->state == STATE_FAILED)
		return at;
	if (*at == '\n')
		return refuse(p, at, "LF without CR");
	if (*at != '\r')
		return refuse(p, at, "control character in a field");
	while (p->text.len > p->now.value &&
	    octet_is(p->text.s[p->text.len - 1], OCTET_BLANK))
		p->text.len--;
	return end_string(p, at, STATE_VALUE_LF);
}

static void
end_field(struct http_parser *p)
{
	struct http_request *r = &p->request;

	if (p->now.trailing) {
		r->trailers.end = p->text.s + p->text.len;
		return;
	}
	r->fields.end = p->text.s + p->text.len;
	framing_field(p, p->text.s + p->now.name, p->text.s + p->now.value);
}

/* After the empty line behind the fields, or behind the trailers. */
static void
end_fields(struct http_parser *p)
{
	struct http_request *r = &p->request;

	if (p->now.trailing) {
		p->state = STATE_DONE;
		return;
	}
	r->trailers = (struct http_fields) { r->fields.end, r->fields.end };
	p->event = HTTP_HEAD;
	framing_finish(p);
}

static const char *
take_lf(struct http_parser *p, const char *in, const char *end)
{
	enum http_state state = p->state;

	(void)end;
	if (*in != '\n')
		return refuse(p, in, "CR without LF");
	in = skip(p, in, STATE_FIELD);
	switch (state) {
	case STATE_BLANK_LF:
		begin(p);
		break;
	case STATE_LINE_LF:
		end_line(p);
		break;
	case STATE_VALUE_LF:
		end_field(p);
		break;
	default:
		end_fields(p);
		break;
	}
	return in;
}

const char *
head_step(struct http_parser *p, const char *in, const char *end)
{
	static const char *(*const take[])(struct http_parser * p,
	    const char *in, const char *end) = {
		[STATE_START] = take_start,
		[STATE_BLANK_LF] = take_lf,
		[STATE_METHOD] = take_method,
		[STATE_TARGET] = take_target,
		[STATE_VERSION] = take_version,
		[STATE_LINE_LF] = take_lf,
		[STATE_FIELD] = take_field,
		[STATE_NAME] = take_name,
		[STATE_OWS] = take_ows,
		[STATE_VALUE] = take_value,
		[STATE_VALUE_LF] = take_lf,
		[STATE_LAST_LF] = take_lf,
	};

	if (p->state != STATE_START && p->now.left == 0) {
		refuse_size(p);
		return in;
	}
	if (p->state != STATE_START && (size_t)(end - in) > p->now.left)
		end = in + p->now.left;
	return take[p->state](p, in, end);
}
