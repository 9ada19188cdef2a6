/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "service/http/body.h"
#include "service/http/octet.h"

#define SIZE_DIGITS 16 /* of a chunk: 64 bits */

static const char *
refuse(struct http_parser *p, const char *at, const char *reason)
{
	message_refuse(p, 400, reason);
	return at;
}

static const char *
take_data(struct http_parser *p, const char *in, const char *end)
{
	size_t n = (size_t)(end - in);

	if (n > p->now.remaining)
		n = (size_t)p->now.remaining;
	p->data = (struct span) { in, n };
	p->event = HTTP_DATA;
	p->now.remaining -= n;
	if (p->now.remaining == 0)
		p->state = p->state == STATE_CHUNK ? STATE_CHUNK_CR :
						     STATE_DONE;
	return in + n;
}

static const char *
take_size(struct http_parser *p, const char *in, const char *end)
{
	int digit = octet_hex(*in);

	(void)end;
	if (digit == -1 && p->now.ndigits > 0) {
		p->state = STATE_EXTENSION_BLANK;
		return in;
	}
	if (digit == -1)
		return refuse(p, in, "invalid chunk size");
	if (p->now.ndigits == SIZE_DIGITS)
		return refuse(p, in, "chunk size too long");
	p->now.ndigits++;
	p->now.remaining = p->now.remaining << 4 | (unsigned int)digit;
	return in + 1;
}

/* Goes behind a byte of an extension. */
static const char *
skip_extension(struct http_parser *p, const char *in)
{
	if (p->now.extensions_left == 0)
		return refuse(p, in, "chunk extensions too long");
	p->now.extensions_left--;
	return in + 1;
}

/* Behind the size: the end of the line, or an extension, before which there may
 * be blanks (BWS). */
static const char *
take_extension_blank(struct http_parser *p, const char *in, const char *end)
{
	(void)end;
	if (*in == '\r' && !p->now.blank) {
		p->state = STATE_SIZE_LF;
		return in + 1;
	}
	if (*in == ';')
		p->state = STATE_EXTENSION;
	else if (!octet_is(*in, OCTET_BLANK))
		return refuse(p, in, "invalid chunk size");
	p->now.blank = true;
	return skip_extension(p, in);
}

/* A quoted string ends in its line: a recipient that looked for its end behind
 * the CR LF would find other chunks. */
static const char *
take_extension(struct http_parser *p, const char *in, const char *end)
{
	bool escaped = p->now.escaped;

	(void)end;
	if (*in == '\r' && !p->now.quoted) {
		p->state = STATE_SIZE_LF;
		return in + 1;
	}
	if (!octet_is(*in, p->now.quoted ? OCTET_TEXT : OCTET_EXTENSION))
		return refuse(p, in, "invalid chunk extension");
	p->now.escaped = p->now.quoted && !escaped && *in == '\\';
	if (*in == '"' && !escaped)
		p->now.quoted = !p->now.quoted;
	return skip_extension(p, in);
}

/* The end of a line, or of a chunk. */
static const char *
take_end(struct http_parser *p, const char *in, const char *end)
{
	(void)end;
	if (*in != (p->state == STATE_CHUNK_CR ? '\r' : '\n'))
		return refuse(p, in, "no CR LF at the end of a chunk");
	if (p->state == STATE_CHUNK_CR) {
		p->state = STATE_CHUNK_LF;
	} else if (p->state == STATE_CHUNK_LF) {
		p->now.ndigits = 0;
		p->now.blank = false;
		p->state = STATE_SIZE;
	} else if (p->now.remaining == 0) {
		p->now.trailing = true;
		p->state = STATE_FIELD;
	} else if (p->now.remaining > p->now.body_left) {
		message_refuse(p, 413, "body too large");
	} else {
		p->now.body_left -= p->now.remaining;
		p->state = STATE_CHUNK;
	}
	return in + 1;
}

static const char *
take_done(struct http_parser *p, const char *in, const char *end)
{
	(void)end;
	p->event = HTTP_END;
	p->state = STATE_START;
	return in;
}

const char *
body_step(struct http_parser *p, const char *in, const char *end)
{
	static const char *(*const take[])(struct http_parser * p,
	    const char *in, const char *end) = {
		[STATE_LENGTH] = take_data,
		[STATE_SIZE] = take_size,
		[STATE_EXTENSION_BLANK] = take_extension_blank,
		[STATE_EXTENSION] = take_extension,
		[STATE_SIZE_LF] = take_end,
		[STATE_CHUNK] = take_data,
		[STATE_CHUNK_CR] = take_end,
		[STATE_CHUNK_LF] = take_end,
		[STATE_DONE] = take_done,
	};

	return take[p->state](p, in, end);
}
