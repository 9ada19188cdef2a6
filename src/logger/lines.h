/* SPDX-License-Identifier: ISC */
/*
 * Bytes made into lines: a long one is folded, and of those above the rate
 * only the number is kept.  Knows no descriptor and no clock.
 */
#ifndef TINED_MAIN_LINES_H
#define TINED_MAIN_LINES_H

#include <stddef.h>
#include <stdint.h>

#define LINES_LENGTH 2000 /* bytes of a line, then it is folded */
#define LINES_RATE   100  /* lines a second */
#define LINES_BURST  1000 /* and at once */

struct lines {
	void (*show)(struct lines *l, const char *line);
	int64_t tokens; /* thousandths of a line */
	int64_t filled_ms;
	uint64_t lost; /* lines not shown; the caller sets it back */
	size_t n;
	char text[LINES_LENGTH + 1];
};

/* show is called for each line, without its newline; a NUL in it has become a
 * question mark.  now is clock_ms's. */
void lines_init(struct lines *l, int64_t now,
    void (*show)(struct lines *l, const char *line));

/* Bytes that came at that time. */
void lines_add(struct lines *l, int64_t now, const char *buf, size_t size);

/* Nothing comes any more: what is left is a line, too. */
void lines_end(struct lines *l, int64_t now);

#endif
