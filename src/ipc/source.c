/* SPDX-License-Identifier: ISC */
/*
 * Open addressing with linear probing; an entry that goes is filled by moving
 * later ones of its run back, so there are no tombstones and a look-up ends at
 * the first empty place.  A table has twice as many places as its section may
 * have sessions: it is never full.
 */
#include "config.h"

#include <string.h>

#include "ipc/source.h"

#define TRIES 64    /* of a reader whose writer is at work */
#define RUN   8192u /* no honest run is as long: somebody has scribbled */

/* The places of a desk, and the key of its hash. */
struct table {
	struct scoreboard_source *at;
	uint32_t mask;
	uint32_t run; /* places to look at, at most */
	uint64_t seed;
};

static struct table
table_of(const struct scoreboard *b, const struct scoreboard_desk *d)
{
	return (struct table) { .at = d->sources,
		.mask = d->nsources - 1,
		.run = d->nsources < RUN ? d->nsources : RUN,
		.seed = scoreboard_seed(b) };
}

static uint32_t
hash(const struct table *t, const struct addr *a)
{
	return (uint32_t)addr_hash(a, t->seed);
}

/* The place of addr, or the empty one where it would go; NULL: neither. */
static struct scoreboard_source *
find(const struct table *t, const struct addr *addr)
{
	struct scoreboard_source *e;
	uint32_t i, n;

	for (i = hash(t, addr), n = 0; n < t->run; i++, n++) {
		e = &t->at[i & t->mask];
		if (e->addr.family == AF_UNSPEC || addr_equal(&e->addr, addr))
			return e;
	}
	return NULL;
}

uint32_t
source_add(const struct scoreboard *b, const struct scoreboard_desk *d,
    const struct addr *addr)
{
	struct scoreboard_section *s = d->section;
	struct table t = table_of(b, d);
	struct scoreboard_source *e = find(&t, addr);

	if (e == NULL)
		return 0;
	if (e->addr.family != AF_UNSPEC)
		return ++e->count;
	atomic_fetch_add(&s->source_seq, 1);
	e->addr = *addr;
	e->count = 1;
	atomic_fetch_add(&s->source_seq, 1);
	return 1;
}

/* Empties place i and closes the gap that this leaves in its run. */
static void
take_out(const struct table *t, uint32_t i)
{
	uint32_t j = i, n, home;

	for (n = 0; n < t->run; n++) {
		j = (j + 1) & t->mask;
		if (t->at[j].addr.family == AF_UNSPEC)
			break;
		home = hash(t, &t->at[j].addr);
		/* May j go to i?  Only when its home is not behind i. */
		if (((j - home) & t->mask) >= ((j - i) & t->mask)) {
			t->at[i] = t->at[j];
			i = j;
		}
	}
	memset(&t->at[i], 0, sizeof(t->at[i]));
}

void
source_remove(const struct scoreboard *b, const struct scoreboard_desk *d,
    const struct addr *addr)
{
	struct scoreboard_section *s = d->section;
	struct table t = table_of(b, d);
	struct scoreboard_source *e = find(&t, addr);

	if (e == NULL || e->addr.family == AF_UNSPEC)
		return;
	if (e->count > 1) {
		e->count--;
		return;
	}
	atomic_fetch_add(&s->source_seq, 1);
	take_out(&t, (uint32_t)(e - t.at));
	atomic_fetch_add(&s->source_seq, 1);
}

/* Reads one desk's count; again while its writer moves entries. */
static uint32_t
read_count(const struct scoreboard *b, const struct scoreboard_desk *d,
    const struct addr *addr)
{
	struct scoreboard_section *s = d->section;
	struct table t = table_of(b, d);
	struct scoreboard_source *e;
	uint32_t seq, count = 0;
	int try;

	for (try = 0; try < TRIES; try++) {
		seq = atomic_load(&s->source_seq);
		if ((e = find(&t, addr)) == NULL)
			return 0; /* so it will be the next time */
		count = e->addr.family == AF_UNSPEC ? 0 : e->count;
		if ((seq & 1) == 0 && atomic_load(&s->source_seq) == seq)
			break;
	}
	return count > SCOREBOARD_SLOTS ? SCOREBOARD_SLOTS : count;
}

uint32_t
source_count(const struct scoreboard *b, const struct addr *addr)
{
	const struct scoreboard_desk *own = scoreboard_own(b);
	uint32_t at = 0, sum = own == NULL ? 0 : read_count(b, own, addr);
	struct scoreboard_desk d;

	while (scoreboard_next(b, &at, &d))
		sum += read_count(b, &d, addr);
	return sum;
}
