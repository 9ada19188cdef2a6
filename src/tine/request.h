/* SPDX-License-Identifier: ISC */
/*
 * A request, and the check of its response.
 *
 * An echo is requested with random bytes that are made once.  Each request
 * begins somewhere else in them, so that the check fails for a response that
 * belongs to another request or comes out of order.
 */
#ifndef TINED_TINE_REQUEST_H
#define TINED_TINE_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum request_kind {
	REQUEST_ECHO,   /* the response equals the request */
	REQUEST_LINE,   /* a line each */
	REQUEST_EOF,    /* the response ends when the peer closes */
	REQUEST_CONNECT /* connect only */
};

enum response {
	RESPONSE_PART,  /* right so far */
	RESPONSE_WHOLE, /* right */
	RESPONSE_WRONG
};

struct request {
	enum request_kind kind;
	uint64_t size; /* bytes to send */
	char *data;    /* the pattern, or the line */
};

/*
 * With a line or until_eof: sends the line (NULL: nothing) and a newline; the
 * response ends with a newline or, until_eof, with the connection.  Otherwise
 * an echo of size bytes, 0 being REQUEST_CONNECT.  0, or -1 with errno.
 */
int request_init(struct request *q, const char *line, bool until_eof,
    uint64_t size);

void request_free(struct request *q);

/* Where in the pattern request number n begins. */
uint32_t request_offset(const struct request *q, uint64_t n);

/* The bytes of a request from pos on, of which *n are contiguous. */
const char *request_at(const struct request *q, uint32_t offset, uint64_t pos,
    size_t *n);

/* Checks n more bytes of a response, after the first pos. */
enum response request_check(const struct request *q, uint32_t offset,
    uint64_t pos, const char *buf, size_t n);

#endif
