/* SPDX-License-Identifier: ISC */
/*
 * Which pages of a growing file are in use: a bit for each.
 */
#ifndef TINED_BASE_SPACE_H
#define TINED_BASE_SPACE_H

#include <stdbool.h>
#include <stdint.h>

struct space {
	uint64_t *busy; /* a bit for each page */
	uint32_t n;     /* how many bits, a multiple of 64 */
	uint32_t max;   /* of n, a multiple of 64 */
	uint32_t nbusy; /* pages in use */
};

/* Takes the lowest n free pages in a row.  The number of the first, or 0 with
 * errno ENOSPC or ENOMEM: page 0 is never taken. */
uint32_t space_take(struct space *s, uint32_t n);

/* Takes the lowest n free pages.  0, or -1 with errno; then none was taken. */
int space_take_any(struct space *s, uint32_t n, uint32_t *pages);

/* Takes these n pages.  0, or -1 with errno. */
int space_put(struct space *s, uint32_t first, uint32_t n);

/* Frees n pages. */
void space_give(struct space *s, uint32_t first, uint32_t n);

/* The first page from there on that is free, or in use: UINT32_MAX when there is
 * none. */
uint32_t space_next_free(const struct space *s, uint32_t from);
uint32_t space_next_busy(const struct space *s, uint32_t from);

#endif
