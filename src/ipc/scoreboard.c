/* SPDX-License-Identifier: ISC */
/*
 * An acceptor maps more than there is, so that it has what main adds, but reads
 * only as far as main has sent.
 */
#include "config.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "ipc/scoreboard.h"
#include "ipc/scoreboard_private.h"

#define LEFTOVERS_MAX (4u << 20) /* PID_MAX_LIMIT of the kernel */

_Static_assert(sizeof(struct scoreboard_head) <= SCOREBOARD_PAGE,
    "scoreboard_head's size");
_Static_assert(SCOREBOARD_LIVE * sizeof(uint64_t) <=
	(size_t)(SCOREBOARD_HEAD_PAGES - 1) * SCOREBOARD_PAGE,
    "the index is in the head");
_Static_assert(sizeof(struct scoreboard_section) <= SCOREBOARD_PAGE,
    "scoreboard_section's size");
_Static_assert(SCOREBOARD_PAGE % sizeof(struct scoreboard_source) == 0,
    "sources fill pages");

uint32_t
scoreboard_nslots(uint32_t instances)
{
	return instances > SCOREBOARD_SLOTS - SCOREBOARD_SPARE ?
	    SCOREBOARD_SLOTS :
	    instances + SCOREBOARD_SPARE;
}

uint32_t
scoreboard_nsources(uint32_t instances)
{
	uint32_t n = SCOREBOARD_SOURCES_MIN;

	while (n < SCOREBOARD_SOURCES && n / 2 < instances)
		n *= 2;
	return n;
}

uint32_t
scoreboard_slots_pages(uint32_t nslots)
{
	return (nslots + SCOREBOARD_SLOTS_PAGE - 1) / SCOREBOARD_SLOTS_PAGE;
}

uint32_t
scoreboard_section_pages(uint32_t nsources)
{
	return SCOREBOARD_COUNTS_PAGES + nsources / SCOREBOARD_SOURCES_MIN;
}

static bool
is_table_size(uint32_t n)
{
	return n >= SCOREBOARD_SOURCES_MIN && n <= SCOREBOARD_SOURCES &&
	    (n & (n - 1)) == 0;
}

/* Whether n pages from that one on exist, behind the head and the buckets. */
static bool
lies_within(const struct scoreboard *b, uint32_t page, uint32_t n)
{
	return page >= SCOREBOARD_FIRST && page < b->npages &&
	    n <= b->npages - page;
}

static struct scoreboard_parts
parts_at(const struct scoreboard *b, uint32_t page, uint32_t nsources)
{
	return (struct scoreboard_parts) { scoreboard_at(b, page),
		scoreboard_at(b, page + 1),
		scoreboard_at(b, page + SCOREBOARD_COUNTS_PAGES), nsources };
}

/* The maximum, less where RLIMIT_AS prevents that. */
static void *
map_more(int fd, size_t least, size_t *mapped)
{
	size_t size = (size_t)SCOREBOARD_PAGES * SCOREBOARD_PAGE;
	void *map;

	for (;; size /= 2) {
		if (size < least)
			size = least;
		map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		    0);
		if (map != MAP_FAILED || size == least || errno != ENOMEM)
			break;
	}
	*mapped = size;
	return map;
}

struct scoreboard *
scoreboard_map(int fd, const struct scoreboard_place *own)
{
	struct scoreboard *b;
	struct stat st;
	int seals;

	seals = fcntl(fd, F_GET_SEALS);
	if (seals == -1 || (seals & F_SEAL_SHRINK) == 0 ||
	    fstat(fd, &st) == -1 || st.st_size % SCOREBOARD_PAGE != 0 ||
	    st.st_size < (off_t)(SCOREBOARD_FIRST * SCOREBOARD_PAGE) ||
	    st.st_size / SCOREBOARD_PAGE > (off_t)SCOREBOARD_PAGES) {
		errno = EINVAL;
		return NULL;
	}
	if ((b = calloc(1, sizeof(*b))) == NULL)
		return NULL;
	b->npages = (uint32_t)(st.st_size / SCOREBOARD_PAGE);
	b->head = map_more(fd, (size_t)st.st_size, &b->mapped);
	if (b->head == MAP_FAILED) {
		free(b);
		return NULL;
	}
	if (b->head->magic != SCOREBOARD_MAGIC) {
		scoreboard_free(b);
		errno = EINVAL;
		return NULL;
	}
	b->own = parts_at(b, own->first, own->nsources);
	b->own_number = own->number;
	b->seed = own->seed;
	return b;
}

void
scoreboard_free(struct scoreboard *b)
{
	if (b == NULL)
		return;
	if (b->head != NULL)
		munmap(b->head, b->mapped);
	if (b->keeper != NULL) {
		close(b->keeper->fd);
		free(b->keeper->space.busy);
		free(b->keeper->dirty.busy);
		free(b->keeper);
	}
	free(b);
}

struct scoreboard_parts
scoreboard_parts(const struct scoreboard *b, const struct scoreboard_place *p)
{
	return parts_at(b, p->first, p->nsources);
}

struct scoreboard_slot *
scoreboard_slot(const struct scoreboard *b, const struct scoreboard_place *p,
    uint32_t slot)
{
	struct scoreboard_slot *page = scoreboard_at(b,
	    p->pages[slot / SCOREBOARD_SLOTS_PAGE]);

	return page + slot % SCOREBOARD_SLOTS_PAGE;
}

struct scoreboard_bucket *
scoreboard_buckets(const struct scoreboard *b)
{
	return scoreboard_at(b, SCOREBOARD_HEAD_PAGES);
}

/* Main has an index of its own. */
static uint64_t
entry_of(const struct scoreboard *b, uint32_t i)
{
	return b->keeper != NULL ? b->keeper->index[i] :
				   atomic_load(&scoreboard_index(b)[i]);
}

bool
scoreboard_next(const struct scoreboard *b, uint32_t *at,
    struct scoreboard_parts *d)
{
	uint32_t n = b->keeper != NULL ? b->keeper->nindex :
					 atomic_load(&b->head->nindex);
	uint32_t page, nsources;
	uint64_t entry;

	if (n > SCOREBOARD_LIVE)
		n = SCOREBOARD_LIVE;
	while (*at < n) {
		entry = entry_of(b, *at);
		if ((*at)++ == b->own_number || entry == 0)
			continue;
		page = (uint32_t)(entry >> 32);
		nsources = (uint32_t)entry;
		if (!is_table_size(nsources) ||
		    !lies_within(b, page, scoreboard_section_pages(nsources)))
			continue;
		*d = parts_at(b, page, nsources);
		return true;
	}
	return false;
}

static uint32_t
sessions_of(const struct scoreboard_parts *d)
{
	uint32_t n = atomic_load(&d->section->nsessions);

	return n > SCOREBOARD_SLOTS ? SCOREBOARD_SLOTS : n;
}

uint32_t
scoreboard_sessions(const struct scoreboard *b)
{
	uint32_t sum = b->own.section == NULL ? 0 : sessions_of(&b->own);
	uint32_t at = 0;
	struct scoreboard_parts d;

	while (scoreboard_next(b, &at, &d))
		sum += sessions_of(&d);
	return sum;
}

uint32_t
scoreboard_leftovers(const struct scoreboard *b)
{
	struct scoreboard_parts d;
	uint32_t at = 0, n, sum = 0;

	while (scoreboard_next(b, &at, &d)) {
		n = atomic_load(&d.section->leftovers);
		sum += n > LEFTOVERS_MAX ? LEFTOVERS_MAX : n;
	}
	return sum;
}

static uint32_t
most_pages(const struct scoreboard *b)
{
	return (uint32_t)(b->mapped / SCOREBOARD_PAGE);
}

bool
scoreboard_outgrown(const struct scoreboard *b)
{
	return atomic_load_explicit(&b->head->npages, memory_order_relaxed) >
	    b->npages &&
	    b->npages < most_pages(b);
}

void
scoreboard_grown(struct scoreboard *b, uint32_t npages)
{
	if (npages > most_pages(b))
		npages = most_pages(b);
	if (npages > b->npages)
		b->npages = npages;
}
