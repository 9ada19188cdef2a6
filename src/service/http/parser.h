/* SPDX-License-Identifier: ISC */
/*
 * A strict parser of HTTP/1.1 requests, bytes in and events out (RFC 9110 and
 * 9112): it makes no system call, allocates nothing and does not recurse.  The
 * events do not depend on how the input was split, except that the data of a
 * body comes in other parts.
 *
 *	parser_init(&p, &limits, buffer, sizeof(buffer));
 *	for (;;) {
 *		event = parser_feed(&p, in, n, &used);
 *		in += used;
 *		n -= used;
 *		...	HTTP_MORE: read; HTTP_HEAD: p.request; HTTP_DATA: p.data;
 *			HTTP_END: answer; HTTP_FAILED: p.status, then close
 *	}
 *
 * What follows a request in the input is the next one: a client that pipelines is
 * answered in order.  After a request without keep_alive the rest is not parsed
 * (RFC 9112, section 9.6), which is the caller's part.
 */
#ifndef TINED_SERVICE_HTTP_PARSER_H
#define TINED_SERVICE_HTTP_PARSER_H

#include "service/http/message.h"

/* A parser at the start of a connection.  The limits and the buffer, of
 * HTTP_BUFFER_SIZE bytes for instance, stay the caller's; both are used until the
 * last call. */
void parser_init(struct http_parser *p, const struct http_limits *limits,
    char *buffer, size_t size);

/*
 * Parses up to the next event, and sets *used to the number of bytes that are
 * done with.  n may be 0, as an event may be due without input.  After
 * HTTP_FAILED that is the result of each call; then p->request has what was known
 * by then, for a log.
 */
enum http_event parser_feed(struct http_parser *p, const char *in, size_t n,
    size_t *used);

/* Whether no byte of a request has come since the last one ended: the connection
 * may end here. */
bool parser_is_idle(const struct http_parser *p);

#endif
