/* SPDX-License-Identifier: ISC */
/*
 * Splits bytes into lines: long lines are folded, lines above the rate are
 * counted and discarded.  Does not know descriptors or the clock.
 */
#ifndef TINED_LOGGER_LINES_H
#define TINED_LOGGER_LINES_H

#include <stddef.h>
#include <stdint.h>

#include "base/rate.h"

#define LINES_LENGTH 2000 /* bytes of a line, then it is folded */
#define LINES_RATE   100  /* lines a second */
#define LINES_BURST  1000 /* and at once */

/* All zero but show, which is called for each line, without its newline and with
 * `?` for a NUL. */
struct lines {
	void (*show)(struct lines *l, const char *line);
	_Atomic int64_t full_us; /* bucket of lines */
	uint64_t lost;           /* lines not shown; reset by the caller */
	size_t n;
	char text[LINES_LENGTH + 1];
};

/* Adds bytes that were read now (clock_ms). */
void lines_add(struct lines *l, int64_t now, const char *buf, size_t size);

/* The end of the input: what is left is a line, too. */
void lines_end(struct lines *l, int64_t now);

#endif
