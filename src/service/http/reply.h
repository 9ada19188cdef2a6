/* SPDX-License-Identifier: ISC */
/*
 * The head of a response (RFC 9112, section 4; RFC 9110, sections 6.6, 8.6 and
 * 15), appended to a buffer:
 *
 *	reply_begin(&b, &r) && reply_field(&b, "Allow", "GET, HEAD") &&
 *	    reply_end(&b)
 *
 * Each function returns false where the buffer is full.
 */
#ifndef TINED_SERVICE_HTTP_REPLY_H
#define TINED_SERVICE_HTTP_REPLY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

/* The whole answer to expects_continue. */
#define REPLY_CONTINUE "HTTP/1.1 100 Continue\r\n\r\n"

struct reply {
	unsigned int status; /* 200 to 999 */
	int64_t now;         /* seconds since 1970, for Date */
	const char *type;    /* Content-Type; NULL: none */
	bool chunked;        /* the body's length is not known */
	uint64_t length;     /* otherwise */
	int minor;           /* of the request's version */
	bool keep_alive;     /* the request's, and the service's decision */
};

/*
 * Appends the status line, Date, Content-Type, Content-Length or
 * Transfer-Encoding, Connection, and X-Content-Type-Options: nosniff.  A client
 * of HTTP/1.0 knows no chunks: then r->chunked and r->keep_alive become false,
 * and the end of the connection is that of the body.
 */
bool reply_begin(struct buf *b, struct reply *r);

/* Appends a field.  False also where the name is not a token, or the value has a
 * control character; then nothing is appended. */
bool reply_field(struct buf *b, const char *name, const char *value);

/* Ends the head. */
bool reply_end(struct buf *b);

/* Whether a response to that method (NULL: unknown) has a body. */
bool reply_has_body(unsigned int status, const char *method);

/* Appends a whole response for an error: r's status and time, the reason as its
 * text, Connection: close.  Sets the other members of r. */
bool reply_error(struct buf *b, struct reply *r, const char *method,
    const char *reason);

/* The phrase of a status ("Not Found"); "" for an unknown one. */
const char *reply_phrase(unsigned int status);

/* Appends a time as an IMF-fixdate: Sun, 06 Nov 1994 08:49:37 GMT. */
bool reply_date(struct buf *b, int64_t t);

#endif
