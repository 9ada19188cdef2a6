/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "service/http/body.h"
#include "service/http/head.h"
#include "service/http/parser.h"

void
parser_init(struct http_parser *p, const struct http_limits *limits,
    char *buffer, size_t size)
{
	*p = (struct http_parser) { .limits = limits,
		.text = buf_on(buffer, size) };
}

enum http_event
parser_feed(struct http_parser *p, const char *in, size_t n, size_t *used)
{
	const char *at = in, *end = in + n;

	*used = 0;
	if (p->state == STATE_FAILED)
		return HTTP_FAILED;
	p->event = HTTP_MORE;
	while (p->event == HTTP_MORE && (at < end || p->state == STATE_DONE)) {
		if (p->state < STATE_LENGTH)
			at = head_step(p, at, end);
		else
			at = body_step(p, at, end);
	}
	*used = (size_t)(at - in);
	return p->event;
}

bool
parser_is_idle(const struct http_parser *p)
{
	return p->state == STATE_START;
}
