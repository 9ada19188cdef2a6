/*
 * What the files of the board share, and nobody else includes.
 *
 *	head, its index		BOARD_HEAD_PAGES
 *	buckets			up to BOARD_FIRST
 *	desks, slots		wherever there was room
 *
 *	a desk: counters	BOARD_DESK_PAGES
 *		sources		32 bytes each
 */
#ifndef TINED_BASE_BOARD_PRIVATE_H
#define TINED_BASE_BOARD_PRIVATE_H

#include <stddef.h>

#include "base/space.h"
#include "ipc/board_main.h"

#define BOARD_MAGIC      0x74626f32u /* "tbo2" */
#define BOARD_HEAD_PAGES 8u
#define BOARD_DESK_PAGES 1u
#define BOARD_NO_SECTION UINT32_MAX

#define BOARD_SOURCES_MIN (BOARD_PAGE / (uint32_t)sizeof(struct board_source))
#define BOARD_BUCKETS_PAGES                                                    \
	(BOARD_BUCKETS * (uint32_t)sizeof(struct board_bucket) / BOARD_PAGE)
#define BOARD_FIRST (BOARD_HEAD_PAGES + BOARD_BUCKETS_PAGES)

struct board {
	char *map;
	size_t mapped;   /* bytes of memory */
	uint32_t npages; /* of the file: what may be read of it */
	uint64_t seed;

	/* An acceptor's. */
	struct board_desk own;
	uint32_t own_number;

	/* Main's. */
	struct keeper *keeper; /* NULL in an acceptor */
};

struct keeper {
	int fd;
	uint32_t length;            /* of the file, in pages */
	uint32_t announced;         /* what the others know of it */
	uint64_t index[BOARD_LIVE]; /* what the head's should be */
	uint32_t nindex;
	struct space space;
	struct space dirty; /* what is free, and memory yet */
	bool rates;         /* the buckets are used */
	bool dirty_buckets; /* they are not, and memory yet */
	struct board_place ledger;
	struct board_totals gone;
};

/* An entry of the index: a desk's first page and how many sources it has. */
static inline uint64_t
board_entry(uint32_t desk, uint32_t nsources)
{
	return (uint64_t)desk << 32 | nsources;
}

static inline void *
board_at(const struct board *b, uint32_t page)
{
	return b->map + (size_t)page * BOARD_PAGE;
}

/* The shared index, in the head's second page. */
static inline _Atomic uint64_t *
board_index(const struct board *b)
{
	return board_at(b, 1);
}

/* Makes the file, and what main has mapped of it, as long as it must be: up to
 * that page, which is not in it yet.  0, or -1 with errno. */
int board_reach(struct board *b, uint32_t end);

/* The first page from there on that holds anything; UINT32_MAX: none does. */
uint32_t board_next_written(const struct board *b, uint32_t page);

/* Zeroes n pages, without making any of those that are holes. */
void board_clean(struct board *b, uint32_t first, uint32_t n);

/* Has board_trim look after pages that are not used, and that somebody wrote to
 * all the same: which these are is not known. */
void board_look_for_stray(struct board *b);

#endif
