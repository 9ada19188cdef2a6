/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/space.h"

#define WORD 64u

static void
mark(struct space *s, uint32_t page, bool busy)
{
	uint64_t bit = (uint64_t)1 << page % WORD;

	if (((s->busy[page / WORD] & bit) != 0) == busy)
		return;
	s->busy[page / WORD] ^= bit;
	s->nbusy += busy ? 1 : -1u;
}

/* The first page from there on whose bit differs from those of skip; n if there
 * is none. */
static uint32_t
find(const struct space *s, uint32_t from, uint64_t skip)
{
	uint64_t w;
	uint32_t i;

	if (from >= s->n)
		return s->n;
	i = from / WORD;
	w = (s->busy[i] ^ skip) & ~(uint64_t)0 << from % WORD;
	while (w == 0) {
		if (++i == s->n / WORD)
			return s->n;
		w = s->busy[i] ^ skip;
	}
	return i * WORD + (uint32_t)__builtin_ctzll(w);
}

uint32_t
space_next_free(const struct space *s, uint32_t from)
{
	return from >= s->n ? from : find(s, from, ~(uint64_t)0);
}

uint32_t
space_next_busy(const struct space *s, uint32_t from)
{
	uint32_t page = find(s, from, 0);

	return page == s->n ? UINT32_MAX : page;
}

/* Grows the bits to end, at least to twice their number. */
static int
make_room(struct space *s, uint32_t end)
{
	uint32_t n = s->n * 2;
	uint64_t *busy;

	if (end <= s->n)
		return 0;
	if (end > s->max) {
		errno = ENOSPC;
		return -1;
	}
	if (n < end)
		n = (end + WORD - 1) / WORD * WORD;
	if (n > s->max)
		n = s->max;
	busy = reallocarray(s->busy, n / WORD, sizeof(*busy));
	if (busy == NULL)
		return -1;
	memset(busy + s->n / WORD, 0, (n - s->n) / WORD * sizeof(*busy));
	s->busy = busy;
	s->n = n;
	return 0;
}

int
space_put(struct space *s, uint32_t first, uint32_t n)
{
	uint32_t i;

	if (make_room(s, first + n) == -1)
		return -1;
	for (i = 0; i < n; i++)
		mark(s, first + i, true);
	return 0;
}

uint32_t
space_take(struct space *s, uint32_t n)
{
	uint32_t first = 1, end;

	if (n > s->max) {
		errno = ENOSPC;
		return 0;
	}
	for (;;) {
		first = space_next_free(s, first);
		end = space_next_busy(s, first);
		if (end - first >= n)
			break;
		first = end;
	}
	return space_put(s, first, n) == -1 ? 0 : first;
}

int
space_take_any(struct space *s, uint32_t n, uint32_t *pages)
{
	uint32_t page = 0, i;

	for (i = 0; i < n; i++) {
		page = space_next_free(s, page + 1);
		if (make_room(s, page + 1) == -1)
			break;
		mark(s, page, true);
		pages[i] = page;
	}
	if (i == n)
		return 0;
	while (i > 0)
		mark(s, pages[--i], false);
	return -1;
}

void
space_give(struct space *s, uint32_t first, uint32_t n)
{
	uint32_t i;

	for (i = first; i < first + n && i < s->n; i++)
		mark(s, i, false);
}
