/* SPDX-License-Identifier: ISC */
/*
 * Requests and answers.  The pattern's period is a prime, so that a large echo
 * which is shifted by a power of two does not pass; it is stored as often as
 * makes a whole period stand together from every offset.
 */
#include "config.h"

#include <bsd/stdlib.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tine/question.h"

#define PERIOD 1048573 /* the largest prime below 1 MiB */
#define STARTS 4093    /* the largest prime below 4096: stays in the cache */
#define STRIDE 1009

/* What follows the period repeats its beginning. */
#define STORED (PERIOD + PERIOD)

int
question_echo(struct question *q, uint64_t size)
{
	q->kind = size == 0 ? QUESTION_CONNECT : QUESTION_ECHO;
	q->size = size;
	q->data = NULL;
	if (size == 0)
		return 0;
	if ((q->data = malloc(STORED)) == NULL)
		return -1;
	arc4random_buf(q->data, PERIOD);
	memcpy(q->data + PERIOD, q->data, PERIOD);
	return 0;
}

int
question_line(struct question *q, const char *line, int until_eof)
{
	size_t n;

	q->kind = until_eof ? QUESTION_EOF : QUESTION_LINE;
	q->size = 0;
	q->data = NULL;
	if (line == NULL)
		return 0;
	n = strlen(line);
	if ((q->data = malloc(n + 1)) == NULL)
		return -1;
	memcpy(q->data, line, n);
	q->data[n] = '\n';
	q->size = n + 1;
	return 0;
}

void
question_free(struct question *q)
{
	free(q->data);
	q->data = NULL;
}

uint32_t
question_offset(const struct question *q, uint64_t number)
{
	if (q->kind != QUESTION_ECHO)
		return 0;
	return (uint32_t)(number % STARTS * STRIDE % STARTS);
}

const char *
question_at(const struct question *q, uint32_t offset, uint64_t pos, size_t *n)
{
	uint64_t left;

	left = q->size - pos;
	if (q->kind != QUESTION_ECHO) {
		*n = (size_t)left;
		return q->data + pos;
	}
	*n = left < PERIOD ? (size_t)left : PERIOD;
	return q->data + (offset + pos) % PERIOD;
}

static enum answer
judge_echo(const struct question *q, uint32_t offset, uint64_t pos,
    const char *buf, size_t n)
{
	const char *want;
	size_t some;

	if (n > q->size - pos)
		return ANSWER_WRONG;
	while (n > 0) {
		want = question_at(q, offset, pos, &some);
		if (some > n)
			some = n;
		if (memcmp(want, buf, some) != 0)
			return ANSWER_WRONG;
		pos += some;
		buf += some;
		n -= some;
	}
	return pos == q->size ? ANSWER_WHOLE : ANSWER_PART;
}

enum answer
question_judge(const struct question *q, uint32_t offset, uint64_t pos,
    const char *buf, size_t n)
{
	const char *newline;

	switch (q->kind) {
	case QUESTION_ECHO:
		return judge_echo(q, offset, pos, buf, n);
	case QUESTION_LINE:
		if ((newline = memchr(buf, '\n', n)) == NULL)
			return ANSWER_PART;
		return newline == buf + n - 1 ? ANSWER_WHOLE : ANSWER_WRONG;
	case QUESTION_EOF:
		return ANSWER_PART;
	case QUESTION_CONNECT:
		break;
	}
	return ANSWER_WRONG;
}
