/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/mman.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ipc/scoreboard_main.h"
#include "ipc/scoreboard_private.h"

#define LEDGER 0 /* its entry of the index */

/* All of it at each change: others can write there, too. */
static void
write_head(struct scoreboard *b)
{
	struct scoreboard_head *head = b->head;
	const struct keeper *k = b->keeper;
	uint32_t i;

	head->magic = SCOREBOARD_MAGIC;
	for (i = 0; i < k->nindex; i++)
		atomic_store(&scoreboard_index(b)[i], k->index[i]);
	atomic_store(&head->nindex, k->nindex);
	atomic_store(&head->npages, k->announced);
}

static void
set_entry(struct scoreboard *b, uint32_t number, uint64_t entry)
{
	struct keeper *k = b->keeper;

	k->index[number] = entry;
	if (number >= k->nindex)
		k->nindex = number + 1;
	while (k->nindex > 0 && k->index[k->nindex - 1] == 0)
		k->nindex--;
	atomic_store(&scoreboard_index(b)[number], entry);
	write_head(b);
}

/* A free entry; 0, which is the ledger's, with errno when none is. */
static uint32_t
find_entry(const struct keeper *k)
{
	uint32_t i;

	for (i = LEDGER + 1; i < SCOREBOARD_LIVE; i++)
		if (k->index[i] == 0)
			return i;
	errno = ENOSPC;
	return 0;
}

/* Marks pages as free; scoreboard_trim frees their memory. */
static void
give(struct scoreboard *b, uint32_t first, uint32_t n)
{
	space_give(&b->keeper->space, first, n);
	space_put(&b->keeper->dirty, first, n);
}

/* n zeroed pages in a row.  The first one, or 0 with errno. */
static uint32_t
take_run(struct scoreboard *b, uint32_t n)
{
	uint32_t first = space_take(&b->keeper->space, n);

	if (first != 0 && scoreboard_reach(b, first + n) == -1) {
		space_give(&b->keeper->space, first, n);
		first = 0;
	}
	if (first != 0)
		scoreboard_clean(b, first, n);
	return first;
}

/* n pages, not in a row: pages that an earlier section still uses do not
 * matter. */
static uint32_t *
take_slots(struct scoreboard *b, uint32_t n)
{
	uint32_t *pages = calloc(n, sizeof(*pages)), i;

	if (pages == NULL)
		return NULL;
	if (space_take_any(&b->keeper->space, n, pages) == 0) {
		if (scoreboard_reach(b, pages[n - 1] + 1) == 0) {
			for (i = 0; i < n; i++)
				scoreboard_clean(b, pages[i], 1);
			return pages;
		}
		for (i = 0; i < n; i++)
			space_give(&b->keeper->space, pages[i], 1);
	}
	free(pages);
	return NULL;
}

int
scoreboard_take(struct scoreboard *b, uint32_t instances,
    struct scoreboard_place *p)
{
	struct scoreboard_place new = { .number = find_entry(b->keeper),
		.nsources = scoreboard_nsources(instances),
		.nslots = scoreboard_nslots(instances),
		.seed = b->seed };

	memset(p, 0, sizeof(*p));
	if (new.number == 0)
		return -1;
	new.first = take_run(b, scoreboard_section_pages(new.nsources));
	if (new.first == 0)
		return -1;
	new.pages = take_slots(b, scoreboard_slots_pages(new.nslots));
	if (new.pages == NULL) {
		give(b, new.first, scoreboard_section_pages(new.nsources));
		return -1;
	}
	set_entry(b, new.number, scoreboard_entry(new.first, new.nsources));
	*p = new;
	return 0;
}

/* What a section knew of refused sources goes to the ledger.  One that has not
 * refused any is not read, which would take memory. */
static void
keep_refusals(struct scoreboard *b, const struct scoreboard_place *p)
{
	const struct scoreboard_parts from = scoreboard_parts(b, p);

	if (from.refusals->next != 0)
		refusals_merge(scoreboard_parts(b, &b->keeper->ledger).refusals,
		    from.refusals, b->seed);
}

void
scoreboard_retire(struct scoreboard *b, struct scoreboard_place *p)
{
	const struct scoreboard_section *section;
	uint32_t peak;

	if (p->first == 0)
		return;
	section = scoreboard_parts(b, p).section;
	counters_add(&b->keeper->gone, &section->n);
	peak = atomic_load(&section->peak);
	if (peak > b->keeper->peak && peak <= SCOREBOARD_SLOTS)
		b->keeper->peak = peak;
	keep_refusals(b, p);
	set_entry(b, p->number, 0);
	give(b, p->first, scoreboard_section_pages(p->nsources));
	p->first = 0;
	scoreboard_look_for_stray(b);
}

void
scoreboard_drop_slots(struct scoreboard *b, struct scoreboard_place *p,
    uint32_t n)
{
	if (p->pages[n] != 0)
		give(b, p->pages[n], 1);
	p->pages[n] = 0;
}

void
scoreboard_release(struct scoreboard *b, struct scoreboard_place *p)
{
	uint32_t i;

	scoreboard_retire(b, p);
	for (i = 0; i < scoreboard_slots_pages(p->nslots); i++)
		scoreboard_drop_slots(b, p, i);
	free(p->pages);
	memset(p, 0, sizeof(*p));
}

bool
scoreboard_has_slots(const struct scoreboard *b,
    const struct scoreboard_place *p, uint32_t n)
{
	return p->pages[n] != 0 &&
	    scoreboard_next_written(b, p->pages[n]) == p->pages[n];
}

const struct scoreboard_place *
scoreboard_ledger(const struct scoreboard *b)
{
	return &b->keeper->ledger;
}

int
scoreboard_take_ledger(struct scoreboard *b, uint32_t nsources,
    struct scoreboard_place *p)
{
	*p = (struct scoreboard_place) { .number = LEDGER,
		.nsources = nsources,
		.first = take_run(b, scoreboard_section_pages(nsources)) };
	return p->first == 0 ? -1 : 0;
}

void
scoreboard_use_ledger(struct scoreboard *b, const struct scoreboard_place *p)
{
	struct scoreboard_place old = b->keeper->ledger;

	b->keeper->ledger = *p;
	set_entry(b, LEDGER, scoreboard_entry(p->first, p->nsources));
	if (old.first == 0)
		return;
	keep_refusals(b, &old);
	give(b, old.first, scoreboard_section_pages(old.nsources));
}

void
scoreboard_announce(struct scoreboard *b)
{
	b->keeper->announced = b->npages;
	write_head(b);
}

struct scoreboard_counters *
scoreboard_gone(struct scoreboard *b)
{
	return &b->keeper->gone;
}

uint32_t
scoreboard_peak(const struct scoreboard *b)
{
	return b->keeper->peak;
}

void
scoreboard_sum(const struct scoreboard *b, struct scoreboard_counters *n)
{
	struct scoreboard_parts d;
	uint32_t at = 0;

	memset(n, 0, sizeof(*n));
	counters_add(n, &b->keeper->gone);
	while (scoreboard_next(b, &at, &d))
		counters_add(n, &d.section->n);
}

/* Makes the head, and the ledger. */
static int
begin(struct scoreboard *b)
{
	struct keeper *k = b->keeper;
	struct scoreboard_place ledger;
	const size_t size = (size_t)SCOREBOARD_FIRST * SCOREBOARD_PAGE;
	void *map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, k->fd,
	    0);

	if (map == MAP_FAILED)
		return -1;
	b->head = map;
	b->mapped = size;
	k->length = b->npages = SCOREBOARD_FIRST;
	k->space.max = k->dirty.max = SCOREBOARD_PAGES;
	/* Not arc4random(3), which ends the process if it has no memory. */
	if (getentropy(&b->seed, sizeof(b->seed)) == -1 ||
	    space_take(&k->space, SCOREBOARD_FIRST - 1) == 0 ||
	    scoreboard_take_ledger(b, SCOREBOARD_SOURCES_MIN, &ledger) == -1)
		return -1;
	atomic_store(&b->head->next_id, 1);
	scoreboard_use_ledger(b, &ledger);
	scoreboard_announce(b);
	return 0;
}

struct scoreboard *
scoreboard_new(const char *name)
{
	struct scoreboard *b = calloc(1, sizeof(*b));
	struct keeper *k = calloc(1, sizeof(*k));

	if (b == NULL || k == NULL || (k->fd = scoreboard_file(name)) == -1) {
		free(k);
		free(b);
		return NULL;
	}
	b->keeper = k;
	b->own_number = SCOREBOARD_NO_SECTION;
	if (begin(b) == 0)
		return b;
	scoreboard_free(b);
	return NULL;
}

int
scoreboard_fd(const struct scoreboard *b)
{
	return b->keeper->fd;
}
