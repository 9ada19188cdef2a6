/*
 * What the files of the board share, and nobody else includes.
 *
 *	head, its index		SCOREBOARD_HEAD_PAGES
 *	buckets			up to SCOREBOARD_FIRST
 *	desks, slots		wherever there was room
 *
 *	a desk: counters	SCOREBOARD_DESK_PAGES
 *		sources		32 bytes each
 */
#ifndef TINED_BASE_SCOREBOARD_PRIVATE_H
#define TINED_BASE_SCOREBOARD_PRIVATE_H

#include <stddef.h>

#include "base/space.h"
#include "ipc/scoreboard_main.h"

#define SCOREBOARD_MAGIC      0x74626f32u /* "tbo2" */
#define SCOREBOARD_HEAD_PAGES 8u
#define SCOREBOARD_DESK_PAGES 1u
#define SCOREBOARD_NO_SECTION UINT32_MAX

#define SCOREBOARD_SOURCES_MIN                                                 \
	(SCOREBOARD_PAGE / (uint32_t)sizeof(struct scoreboard_source))
#define SCOREBOARD_BUCKETS_PAGES                                               \
	(SCOREBOARD_BUCKETS * (uint32_t)sizeof(struct scoreboard_bucket) /     \
	    SCOREBOARD_PAGE)
#define SCOREBOARD_FIRST (SCOREBOARD_HEAD_PAGES + SCOREBOARD_BUCKETS_PAGES)

struct scoreboard {
	char *map;
	size_t mapped;   /* bytes of memory */
	uint32_t npages; /* of the file: what may be read of it */
	uint64_t seed;

	/* An acceptor's. */
	struct scoreboard_desk own;
	uint32_t own_number;

	/* Main's. */
	struct keeper *keeper; /* NULL in an acceptor */
};

struct keeper {
	int fd;
	uint32_t length;                 /* of the file, in pages */
	uint32_t announced;              /* what the others know of it */
	uint64_t index[SCOREBOARD_LIVE]; /* what the head's should be */
	uint32_t nindex;
	struct space space;
	struct space dirty; /* what is free, and memory yet */
	bool rates;         /* the buckets are used */
	bool dirty_buckets; /* they are not, and memory yet */
	struct scoreboard_place ledger;
	struct scoreboard_totals gone;
};

/* An entry of the index: a desk's first page and how many sources it has. */
static inline uint64_t
scoreboard_entry(uint32_t desk, uint32_t nsources)
{
	return (uint64_t)desk << 32 | nsources;
}

static inline void *
scoreboard_at(const struct scoreboard *b, uint32_t page)
{
	return b->map + (size_t)page * SCOREBOARD_PAGE;
}

/* The shared index, in the head's second page. */
static inline _Atomic uint64_t *
scoreboard_index(const struct scoreboard *b)
{
	return scoreboard_at(b, 1);
}

/* Makes the file, and what main has mapped of it, as long as it must be: up to
 * that page, which is not in it yet.  0, or -1 with errno. */
int scoreboard_reach(struct scoreboard *b, uint32_t end);

/* The first page from there on that holds anything; UINT32_MAX: none does. */
uint32_t scoreboard_next_written(const struct scoreboard *b, uint32_t page);

/* Makes holes of n pages; where that fails, zeroes what is there. */
void scoreboard_clean(struct scoreboard *b, uint32_t first, uint32_t n);

/* Has scoreboard_trim look after pages that are not used, and that somebody wrote to
 * all the same: which these are is not known. */
void scoreboard_look_for_stray(struct scoreboard *b);

#endif
