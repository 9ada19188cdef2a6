/* SPDX-License-Identifier: ISC */
/*
 * The board as all of its processes read it.  An acceptor maps more than there
 * is, so that it finds what main adds, and reads no further than main has said.
 */
#include "config.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "ipc/board_private.h"

#define LEFTOVERS_MAX (4u << 20) /* PID_MAX_LIMIT of the kernel */

_Static_assert(sizeof(struct board_head) <= BOARD_PAGE, "board_head's size");
_Static_assert(BOARD_LIVE * sizeof(uint64_t) <=
	(size_t)(BOARD_HEAD_PAGES - 1) * BOARD_PAGE,
    "the index is in the head");
_Static_assert(sizeof(struct board_section) <=
	(size_t)BOARD_DESK_PAGES * BOARD_PAGE,
    "board_section's size");
_Static_assert(BOARD_PAGE % sizeof(struct board_source) == 0,
    "sources fill pages");

uint32_t
board_nslots(uint32_t instances)
{
	return instances > BOARD_SLOTS - BOARD_SPARE ? BOARD_SLOTS :
						       instances + BOARD_SPARE;
}

uint32_t
board_nsources(uint32_t instances)
{
	uint32_t n = BOARD_SOURCES_MIN;

	while (n < BOARD_SOURCES && n / 2 < instances)
		n *= 2;
	return n;
}

uint32_t
board_slots_pages(uint32_t nslots)
{
	return (nslots + BOARD_SLOTS_PAGE - 1) / BOARD_SLOTS_PAGE;
}

uint32_t
board_desk_pages(uint32_t nsources)
{
	return BOARD_DESK_PAGES + nsources / BOARD_SOURCES_MIN;
}

static bool
is_table_size(uint32_t n)
{
	return n >= BOARD_SOURCES_MIN && n <= BOARD_SOURCES &&
	    (n & (n - 1)) == 0;
}

/* Whether n pages from that one on are there, behind what all share. */
static bool
lies_within(const struct board *b, uint32_t page, uint32_t n)
{
	return page >= BOARD_FIRST && page < b->npages && n <= b->npages - page;
}

static struct board_desk
desk_at(const struct board *b, uint32_t page, uint32_t nsources)
{
	return (struct board_desk) { board_at(b, page),
		board_at(b, page + BOARD_DESK_PAGES), nsources };
}

static bool
place_ok(const struct board *b, const struct board_place *p)
{
	uint32_t i;

	if (!is_table_size(p->nsources) ||
	    !lies_within(b, p->desk, board_desk_pages(p->nsources)))
		return false;
	for (i = 0; i < board_slots_pages(p->nslots); i++)
		if (!lies_within(b, p->pages[i], 1))
			return false;
	return true;
}

/* As much as there may ever be; less where RLIMIT_AS does not let us. */
static char *
map_more(int fd, size_t least, size_t *mapped)
{
	size_t size = (size_t)BOARD_PAGES * BOARD_PAGE;
	char *map;

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

struct board *
board_map(int fd, const struct board_place *own)
{
	struct board *b;
	struct stat st;
	int seals;

	seals = fcntl(fd, F_GET_SEALS);
	if (seals == -1 || (seals & F_SEAL_SHRINK) == 0 ||
	    fstat(fd, &st) == -1 || st.st_size % BOARD_PAGE != 0 ||
	    st.st_size < (off_t)(BOARD_FIRST * BOARD_PAGE) ||
	    st.st_size / BOARD_PAGE > (off_t)BOARD_PAGES) {
		errno = EINVAL;
		return NULL;
	}
	if ((b = calloc(1, sizeof(*b))) == NULL)
		return NULL;
	b->npages = (uint32_t)(st.st_size / BOARD_PAGE);
	b->map = map_more(fd, (size_t)st.st_size, &b->mapped);
	if (b->map == MAP_FAILED) {
		free(b);
		return NULL;
	}
	if (board_head(b)->magic != BOARD_MAGIC || !place_ok(b, own)) {
		board_free(b);
		errno = EINVAL;
		return NULL;
	}
	b->own = desk_at(b, own->desk, own->nsources);
	b->own_number = own->number;
	b->seed = own->seed;
	return b;
}

void
board_free(struct board *b)
{
	if (b == NULL)
		return;
	munmap(b->map, b->mapped);
	if (b->keeper != NULL) {
		close(b->keeper->fd);
		free(b->keeper->space.busy);
		free(b->keeper->dirty.busy);
		free(b->keeper);
	}
	free(b);
}

struct board_head *
board_head(const struct board *b)
{
	return (struct board_head *)(void *)b->map;
}

uint64_t
board_seed(const struct board *b)
{
	return b->seed;
}

struct board_desk
board_desk(const struct board *b, const struct board_place *p)
{
	return desk_at(b, p->desk, p->nsources);
}

struct board_section *
board_section(const struct board *b, const struct board_place *p)
{
	return board_at(b, p->desk);
}

struct board_slot *
board_slot(const struct board *b, const struct board_place *p, uint32_t slot)
{
	struct board_slot *page = board_at(b,
	    p->pages[slot / BOARD_SLOTS_PAGE]);

	return page + slot % BOARD_SLOTS_PAGE;
}

const struct board_desk *
board_own(const struct board *b)
{
	return b->own.section == NULL ? NULL : &b->own;
}

struct board_bucket *
board_buckets(const struct board *b)
{
	return board_at(b, BOARD_HEAD_PAGES);
}

/* Main goes by its own index. */
static uint64_t
entry_of(const struct board *b, uint32_t i)
{
	return b->keeper != NULL ? b->keeper->index[i] :
				   atomic_load(&board_index(b)[i]);
}

bool
board_next(const struct board *b, uint32_t *at, struct board_desk *d)
{
	uint32_t n = b->keeper != NULL ? b->keeper->nindex :
					 atomic_load(&board_head(b)->nindex);
	uint32_t page, nsources;
	uint64_t entry;

	if (n > BOARD_LIVE)
		n = BOARD_LIVE;
	while (*at < n) {
		entry = entry_of(b, *at);
		if ((*at)++ == b->own_number || entry == 0)
			continue;
		page = (uint32_t)(entry >> 32);
		nsources = (uint32_t)entry;
		if (!is_table_size(nsources) ||
		    !lies_within(b, page, board_desk_pages(nsources)))
			continue;
		*d = desk_at(b, page, nsources);
		return true;
	}
	return false;
}

static uint32_t
sessions_of(const struct board_desk *d)
{
	uint32_t n = atomic_load(&d->section->nsessions);

	return n > BOARD_SLOTS ? BOARD_SLOTS : n;
}

uint32_t
board_sessions(const struct board *b)
{
	const struct board_desk *own = board_own(b);
	uint32_t at = 0, sum = own == NULL ? 0 : sessions_of(own);
	struct board_desk d;

	while (board_next(b, &at, &d))
		sum += sessions_of(&d);
	return sum;
}

uint32_t
board_leftovers(const struct board *b)
{
	struct board_desk d;
	uint32_t at = 0, n, sum = 0;

	while (board_next(b, &at, &d)) {
		n = atomic_load(&d.section->leftovers);
		sum += n > LEFTOVERS_MAX ? LEFTOVERS_MAX : n;
	}
	return sum;
}

static uint32_t
most_pages(const struct board *b)
{
	return (uint32_t)(b->mapped / BOARD_PAGE);
}

bool
board_outgrown(const struct board *b)
{
	return atomic_load_explicit(&board_head(b)->npages,
		   memory_order_relaxed) > b->npages &&
	    b->npages < most_pages(b);
}

void
board_grown(struct board *b, uint32_t npages)
{
	if (npages > most_pages(b))
		npages = most_pages(b);
	if (npages > b->npages)
		b->npages = npages;
}
