/* SPDX-License-Identifier: ISC */
/*
 * The pattern's period is a prime, so that a large echo which is shifted by a
 * power of two does not pass.  It is stored twice: from every offset a whole
 * period is contiguous.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tine/request.h"

#define PERIOD 1048573 /* the largest prime below 1 MiB */
#define STARTS 4093    /* the largest prime below 4096: stays in the cache */
#define STRIDE 1009

#define STORED (PERIOD + PERIOD)

static int
init_echo(struct request *q, uint64_t size)
{
	q->kind = size == 0 ? REQUEST_CONNECT : REQUEST_ECHO;
	q->size = size;
	if (size == 0)
		return 0;
	if ((q->data = malloc(STORED)) == NULL)
		return -1;
	arc4random_buf(q->data, PERIOD);
	memcpy(q->data + PERIOD, q->data, PERIOD);
	return 0;
}

int
request_init(struct request *q, const char *line, bool until_eof, uint64_t size)
{
	int n;

	memset(q, 0, sizeof(*q));
	if (line == NULL && !until_eof)
		return init_echo(q, size);
	q->kind = until_eof ? REQUEST_EOF : REQUEST_LINE;
	if (line == NULL)
		return 0;
	if ((n = asprintf(&q->data, "%s\n", line)) == -1)
		return -1;
	q->size = (uint64_t)n;
	return 0;
}

void
request_free(struct request *q)
{
	free(q->data);
	q->data = NULL;
}

uint32_t
request_offset(const struct request *q, uint64_t n)
{
	if (q->kind != REQUEST_ECHO)
		return 0;
	return (uint32_t)(n % STARTS * STRIDE % STARTS);
}

const char *
request_at(const struct request *q, uint32_t offset, uint64_t pos, size_t *n)
{
	uint64_t left;

	left = q->size - pos;
	if (q->kind != REQUEST_ECHO) {
		*n = (size_t)left;
		return q->data + pos;
	}
	*n = left < PERIOD ? (size_t)left : PERIOD;
	return q->data + (offset + pos) % PERIOD;
}

static enum response
check_echo(const struct request *q, uint32_t offset, uint64_t pos,
    const char *buf, size_t n)
{
	const char *want;
	size_t some;

	if (n > q->size - pos)
		return RESPONSE_WRONG;
	while (n > 0) {
		want = request_at(q, offset, pos, &some);
		if (some > n)
			some = n;
		if (memcmp(want, buf, some) != 0)
			return RESPONSE_WRONG;
		pos += some;
		buf += some;
		n -= some;
	}
	return pos == q->size ? RESPONSE_WHOLE : RESPONSE_PART;
}

enum response
request_check(const struct request *q, uint32_t offset, uint64_t pos,
    const char *buf, size_t n)
{
	const char *newline;

	switch (q->kind) {
	case REQUEST_ECHO:
		return check_echo(q, offset, pos, buf, n);
	case REQUEST_LINE:
		if ((newline = memchr(buf, '\n', n)) == NULL)
			return RESPONSE_PART;
		return newline == buf + n - 1 ? RESPONSE_WHOLE : RESPONSE_WRONG;
	case REQUEST_EOF:
		return RESPONSE_PART;
	case REQUEST_CONNECT:
		break;
	}
	return RESPONSE_WRONG;
}
