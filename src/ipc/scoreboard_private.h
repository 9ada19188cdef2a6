/* SPDX-License-Identifier: ISC */
/*
 * What only the files of the scoreboard include.  Its pages:
 *
 *	head, its index		SCOREBOARD_HEAD_PAGES
 *	buckets			up to SCOREBOARD_FIRST
 *	sections, slots		wherever there was room
 *
 *	a section: counters	1
 *		refusals	SCOREBOARD_REFUSALS_PAGES
 *		sources		32 bytes each
 */
#ifndef TINED_IPC_SCOREBOARD_PRIVATE_H
#define TINED_IPC_SCOREBOARD_PRIVATE_H

#include <stddef.h>

#include "base/space.h"
#include "ipc/scoreboard_layout.h"

#define SCOREBOARD_MAGIC        0x74626f32u /* "tbo2" */
#define SCOREBOARD_HEAD_PAGES   8u
#define SCOREBOARD_COUNTS_PAGES (1u + SCOREBOARD_REFUSALS_PAGES)
#define SCOREBOARD_NO_SECTION   UINT32_MAX

#define SCOREBOARD_REFUSALS_PAGES                                              \
	(((uint32_t)sizeof(struct refusals) + SCOREBOARD_PAGE - 1) /           \
	    SCOREBOARD_PAGE)
#define SCOREBOARD_SOURCES_MIN                                                 \
	(SCOREBOARD_PAGE / (uint32_t)sizeof(struct scoreboard_source))
#define SCOREBOARD_BUCKETS_PAGES                                               \
	(SCOREBOARD_BUCKETS * (uint32_t)sizeof(struct scoreboard_bucket) /     \
	    SCOREBOARD_PAGE)
#define SCOREBOARD_FIRST (SCOREBOARD_HEAD_PAGES + SCOREBOARD_BUCKETS_PAGES)

struct keeper {
	int fd;
	uint32_t length;                 /* of the file, in pages */
	uint32_t announced;              /* the length that acceptors know */
	uint64_t index[SCOREBOARD_LIVE]; /* copied to the head */
	uint32_t nindex;
	struct space space;
	struct space dirty; /* free pages that take memory */
	bool rates;         /* the buckets are used */
	bool dirty_buckets; /* they are not, and take memory */
	struct scoreboard_place ledger;
	struct scoreboard_counters gone;
	uint32_t peak; /* of sessions, as those that have gone knew it */
};

/* An entry of the index: a section's first page and how many sources it has. */
static inline uint64_t
scoreboard_entry(uint32_t first, uint32_t nsources)
{
	return (uint64_t)first << 32 | nsources;
}

static inline void *
scoreboard_at(const struct scoreboard *b, uint32_t page)
{
	return (char *)b->head + (size_t)page * SCOREBOARD_PAGE;
}

/* The shared index, in the head's second page. */
static inline _Atomic uint64_t *
scoreboard_index(const struct scoreboard *b)
{
	return scoreboard_at(b, 1);
}

/* In scoreboard_file.c, for scoreboard_main.c: */

/* A new file of SCOREBOARD_FIRST pages.  -1 with errno. */
int scoreboard_file(const char *name);

/* Grows the file, and main's mapping of it, to that page, which is not in it
 * yet.  0, or -1 with errno. */
int scoreboard_reach(struct scoreboard *b, uint32_t end);

/* The first page from there on that is not a hole; UINT32_MAX: there is none. */
uint32_t scoreboard_next_written(const struct scoreboard *b, uint32_t page);

/* Makes holes of n pages; where that fails, zeroes them. */
void scoreboard_clean(struct scoreboard *b, uint32_t first, uint32_t n);

/* Has scoreboard_trim search all unused pages if some process has written to
 * one, which is not known to be dirty. */
void scoreboard_look_for_stray(struct scoreboard *b);

#endif
