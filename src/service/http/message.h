/* SPDX-License-Identifier: ISC */
/*
 * A request as the parser delivers it, and the parser's state.
 *
 * The texts of a request are strings in the buffer of the parser's caller, where
 * each field is kept as its name, a NUL, its value and a NUL.  They are valid
 * until the first byte of the next request is parsed.
 */
#ifndef TINED_SERVICE_HTTP_MESSAGE_H
#define TINED_SERVICE_HTTP_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "service/http/uri.h"

#define HTTP_METHOD_MAX 32 /* a longer one is 501 */

/* What a request may have; what exceeds it is the status in the comment. */
struct http_limits {
	size_t target;  /* bytes of the target: 414 */
	size_t headers; /* bytes behind the request line, with the trailers,
				but not the body: 431 */
	unsigned int fields; /* with those of the trailers: 431 */
	uint64_t body;       /* bytes, without the framing of chunks: 413 */
};

#define HTTP_LIMITS_DEFAULT                                                    \
	{                                                                      \
		.target = (size_t)8 << 10, .headers = (size_t)64 << 10,        \
		.fields = 256, .body = (uint64_t)16 << 20                      \
	}

/* The size of a buffer that holds any request within these limits; a smaller one
 * lowers them. */
#define HTTP_BUFFER_SIZE(target, headers)                                      \
	(HTTP_METHOD_MAX + 1 + (target) + 1 + (headers))

/* Fields, in the order and the case in which they came; see message_next. */
struct http_fields {
	const char *at;
	const char *end;
};

struct http_field {
	const char *name;
	const char *value; /* without blanks at its ends */
};

struct http_request {
	const char *method; /* NULL until it is known */
	const char *target; /* as it came; NULL until it is known */
	struct uri uri;
	int minor;        /* of the version, HTTP/1.minor */
	struct host host; /* the target's or else the Host field's */
	struct http_fields fields;
	struct http_fields trailers; /* complete at HTTP_END */
	bool has_body;
	bool chunked;
	uint64_t length; /* of a body that is not chunked */
	bool keep_alive; /* false also after an error */
	bool expects_continue;
};

enum http_event {
	HTTP_MORE,  /* all input has been used; there is no event yet */
	HTTP_HEAD,  /* the request is complete but for its body */
	HTTP_DATA,  /* a part of the body: data */
	HTTP_END,   /* the request is complete, also one without a body */
	HTTP_FAILED /* status and reason; the connection is to be closed */
};

enum http_state {
	/* Of a head, and from STATE_FIELD on of trailers. */
	STATE_START,
	STATE_BLANK_LF,
	STATE_METHOD,
	STATE_TARGET,
	STATE_VERSION,
	STATE_LINE_LF,
	STATE_FIELD,
	STATE_NAME,
	STATE_OWS,
	STATE_VALUE,
	STATE_VALUE_LF,
	STATE_LAST_LF,
	/* Of a body. */
	STATE_LENGTH,
	STATE_SIZE,
	STATE_EXTENSION_BLANK,
	STATE_EXTENSION,
	STATE_SIZE_LF,
	STATE_CHUNK,
	STATE_CHUNK_CR,
	STATE_CHUNK_LF,
	STATE_DONE,
	STATE_FAILED
};

/* What is known of the present request besides. */
struct http_progress {
	size_t left; /* bytes that the part that is being read may have */
	unsigned int nfields;
	unsigned int matched;   /* bytes of the version */
	int major;              /* of the version */
	size_t name;            /* where the present field is in the buffer */
	size_t value;           /* likewise */
	bool trailing;          /* in the trailers */
	bool has_host;          /* a Host field */
	bool has_length;        /* a Content-Length field */
	bool has_coding;        /* a Transfer-Encoding field */
	bool has_other_coding;  /* one that is not chunked, before it */
	bool closes;            /* Connection: close */
	bool keeps;             /* Connection: keep-alive */
	bool expects;           /* Expect: 100-continue */
	uint64_t remaining;     /* bytes of the body, or of the chunk */
	uint64_t body_left;     /* what the limit leaves */
	unsigned int ndigits;   /* of the chunk's size */
	bool blank;             /* behind it */
	bool quoted;            /* in a quoted string of an extension */
	bool escaped;           /* behind a backslash there */
	size_t extensions_left; /* bytes that chunk extensions may have */
};

struct http_parser {
	const struct http_limits *limits;
	struct buf text;
	enum http_state state;
	enum http_event event;
	struct http_request request;
	struct span data;    /* of HTTP_DATA, in the input */
	unsigned int status; /* of HTTP_FAILED: 400 and others */
	const char *reason;  /* likewise, a constant */
	struct http_progress now;
};

/* Takes the next field off fields; false when none is left. */
bool message_next(struct http_fields *fields, struct http_field *out);

/* The value of the first field of that name in any case, or NULL. */
const char *message_field(struct http_fields fields, const char *name);

/* Ends parsing with an error. */
void message_refuse(struct http_parser *p, unsigned int status,
    const char *reason);

#endif
