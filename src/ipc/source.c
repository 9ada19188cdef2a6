/* SPDX-License-Identifier: ISC */
/* A table has twice as many places as its section may have sessions, so it is
 * never full. */
#include "config.h"

#include "base/hashtable.h"
#include "ipc/source.h"

#define TRIES 64    /* of a reader while the table is written */
#define RUN   8192u /* a longer run is not a valid one */
#define WAYS  4u    /* buckets of a set */

static uint32_t
home(const struct hashtable *t, const void *entry)
{
	const struct scoreboard_source *e = entry;

	/* Keyed: addresses with the same home cannot be chosen. */
	return (uint32_t)addr_hash(&e->addr, t->seed);
}

static bool
has_key(const struct hashtable *t, const void *entry, const void *addr)
{
	const struct scoreboard_source *e = entry;

	(void)t;
	return addr_equal(&e->addr, addr);
}

static struct hashtable
table_of(const struct scoreboard *b, const struct scoreboard_parts *d)
{
	return (struct hashtable) { .at = d->sources,
		.size = sizeof(*d->sources),
		.mask = d->nsources - 1,
		.run = d->nsources < RUN ? d->nsources : RUN,
		.seed = b->seed,
		.home = home,
		.has_key = has_key };
}

/* The entry of addr, or the free one for it; NULL: neither. */
static struct scoreboard_source *
find(const struct hashtable *t, const struct addr *addr)
{
	return hashtable_find(t, (uint32_t)addr_hash(addr, t->seed), addr);
}

uint32_t
source_add(const struct scoreboard *b, const struct scoreboard_parts *d,
    const struct addr *addr)
{
	struct scoreboard_section *s = d->section;
	struct hashtable t = table_of(b, d);
	struct scoreboard_source *e = find(&t, addr);

	if (e == NULL)
		return 0;
	if (!hashtable_is_free(e))
		return ++e->count;
	atomic_fetch_add(&s->source_seq, 1);
	e->addr = *addr;
	e->count = 1;
	atomic_fetch_add(&s->source_seq, 1);
	return 1;
}

void
source_remove(const struct scoreboard *b, const struct scoreboard_parts *d,
    const struct addr *addr)
{
	struct scoreboard_section *s = d->section;
	struct hashtable t = table_of(b, d);
	struct scoreboard_source *e = find(&t, addr);

	if (e == NULL || hashtable_is_free(e))
		return;
	if (e->count > 1) {
		e->count--;
		return;
	}
	atomic_fetch_add(&s->source_seq, 1);
	hashtable_remove(&t, e);
	atomic_fetch_add(&s->source_seq, 1);
}

/* Reads the count of a section; again if its writer has moved entries meanwhile. */
static uint32_t
read_count(const struct scoreboard *b, const struct scoreboard_parts *d,
    const struct addr *addr)
{
	struct scoreboard_section *s = d->section;
	struct hashtable t = table_of(b, d);
	struct scoreboard_source *e;
	uint32_t seq, count = 0;
	int try;

	for (try = 0; try < TRIES; try++) {
		seq = atomic_load(&s->source_seq);
		if ((e = find(&t, addr)) == NULL)
			return 0; /* and would be the next time */
		count = hashtable_is_free(e) ? 0 : e->count;
		if ((seq & 1) == 0 && atomic_load(&s->source_seq) == seq)
			break;
	}
	return count > SCOREBOARD_SLOTS ? SCOREBOARD_SLOTS : count;
}

uint32_t
source_count(const struct scoreboard *b, const struct addr *addr)
{
	uint32_t at = 0, sum = 0;
	struct scoreboard_parts d;

	if (b->own.section != NULL)
		sum = read_count(b, &b->own, addr);
	while (scoreboard_next(b, &at, &d))
		sum += read_count(b, &d, addr);
	return sum;
}

/* Never 0: that is a free bucket. */
static uint64_t
bucket_key(const struct scoreboard *b, const struct addr *addr)
{
	return addr_hash(addr, b->seed) | 1;
}

static struct scoreboard_bucket *
bucket_set(const struct scoreboard *b, uint64_t key)
{
	return scoreboard_buckets(b) +
	    (key >> 16 & (SCOREBOARD_BUCKETS / WAYS - 1)) * WAYS;
}

_Atomic int64_t *
source_bucket(const struct scoreboard *b, const struct addr *addr)
{
	const uint64_t key = bucket_key(b, addr);
	struct scoreboard_bucket *set = bucket_set(b, key), *oldest = set;
	unsigned int i;

	for (i = 0; i < WAYS; i++) {
		if (atomic_load(&set[i].key) == key)
			return &set[i].full_us;
		if (atomic_load(&set[i].full_us) <
		    atomic_load(&oldest->full_us))
			oldest = &set[i];
	}
	atomic_store(&oldest->full_us, 0);
	atomic_store(&oldest->key, key);
	return &oldest->full_us;
}

/* Its bucket, or NULL: it is full. */
static struct scoreboard_bucket *
existing_bucket(const struct scoreboard *b, const struct addr *addr)
{
	const uint64_t key = bucket_key(b, addr);
	struct scoreboard_bucket *set = bucket_set(b, key);
	unsigned int i;

	for (i = 0; i < WAYS; i++)
		if (atomic_load(&set[i].key) == key)
			return &set[i];
	return NULL;
}

bool
source_forgive(const struct scoreboard *b, const struct addr *addr)
{
	struct scoreboard_bucket *bucket = existing_bucket(b, addr);

	if (bucket == NULL)
		return false;
	atomic_store(&bucket->full_us, 0);
	return true;
}

int64_t
source_wait(const struct scoreboard *b, const struct addr *addr,
    const struct rate *rate, int64_t now_us)
{
	const struct scoreboard_bucket *bucket = existing_bucket(b, addr);
	_Atomic int64_t copy = bucket == NULL ? 0 :
						atomic_load(&bucket->full_us);

	return rate_take(&copy, rate, now_us);
}
