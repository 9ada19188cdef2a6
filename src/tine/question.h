/* SPDX-License-Identifier: ISC */
/*
 * What is asked of a peer, and when its answer is whole and right.
 *
 * An echo is asked with random bytes that are made once.  Each request begins
 * somewhere else in them, so that an answer which belongs to another request,
 * or comes out of order, is found wrong.
 */
#ifndef TINED_CLIENT_QUESTION_H
#define TINED_CLIENT_QUESTION_H

#include <stddef.h>
#include <stdint.h>

enum question_kind {
	QUESTION_ECHO,   /* the answer is the request */
	QUESTION_LINE,   /* a line is answered by a line */
	QUESTION_EOF,    /* the answer is all until the peer closes */
	QUESTION_CONNECT /* nothing is asked: connecting is all */
};

enum answer {
	ANSWER_PART,  /* right so far */
	ANSWER_WHOLE, /* right */
	ANSWER_WRONG
};

struct question {
	enum question_kind kind;
	uint64_t size; /* of a request */
	char *data;    /* the pattern, or the line */
};

/* Asks for the echo of size bytes; 0 is QUESTION_CONNECT.  0, or -1. */
int question_echo(struct question *q, uint64_t size);

/*
 * Sends line (NULL: nothing) and a newline; the answer ends with a newline or,
 * with until_eof, with the connection.  0, or -1 with errno.
 */
int question_line(struct question *q, const char *line, int until_eof);

void question_free(struct question *q);

/* Where in the pattern the request of that number begins. */
uint32_t question_offset(const struct question *q, uint64_t number);

/* The bytes of a request from pos on; *n of them stand together. */
const char *question_at(const struct question *q, uint32_t offset, uint64_t pos,
    size_t *n);

/* Judges n more bytes of an answer of which pos are there already. */
enum answer question_judge(const struct question *q, uint32_t offset,
    uint64_t pos, const char *buf, size_t n);

#endif
