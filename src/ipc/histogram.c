/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "ipc/histogram.h"

#define DECADE(n) (n), 2 * (n), 5 * (n)

static const uint64_t spawn[] = { DECADE(10ULL), DECADE(100ULL),
	DECADE(1000ULL), DECADE(10000ULL), DECADE(100000ULL),
	DECADE(1000000ULL), 10000000 };
static const uint64_t duration[] = { DECADE(1ULL), DECADE(10ULL),
	DECADE(100ULL), DECADE(1000ULL), DECADE(10000ULL), DECADE(100000ULL),
	DECADE(1000000ULL), DECADE(10000000ULL), 86400000 };
static const uint64_t sent[] = { 1ULL << 6, 1ULL << 10, 1ULL << 14, 1ULL << 18,
	1ULL << 22, 1ULL << 26, 1ULL << 30, 1ULL << 34 };

#define N(v) (sizeof(v) / sizeof((v)[0]))
_Static_assert(N(spawn) < HISTOGRAM_BUCKETS && N(duration) < HISTOGRAM_BUCKETS,
    "there is a bucket for larger values");

/*
 * A bucket is guessed from the highest bit of the value, bit * slope / 4096 -
 * skip, and is never too high: from there at most three comparisons.  There are
 * 3 * log10(2) = 3699/4096 bounds for each bit in steps of 1, 2, 5; and one for
 * four bits in steps of 16.
 */
static const struct {
	const uint64_t *bound;
	unsigned int n;
	unsigned int slope;
	unsigned int skip;
} kinds[HISTOGRAMS] = {
	[HISTOGRAM_SPAWN] = { spawn, N(spawn), 3699, 3 },
	[HISTOGRAM_DURATION] = { duration, N(duration), 3699, 0 },
	[HISTOGRAM_SENT] = { sent, N(sent), 1024, 1 },
};

static unsigned int
bucket_of(enum histogram_kind kind, uint64_t v)
{
	const unsigned int bit = 63 - (unsigned int)__builtin_clzll(v | 1);
	unsigned int i = bit * kinds[kind].slope / 4096;

	i = i > kinds[kind].skip ? i - kinds[kind].skip : 0;
	if (i > kinds[kind].n)
		i = kinds[kind].n;
	while (i < kinds[kind].n && v > kinds[kind].bound[i])
		i++;
	return i;
}

static void
add(_Atomic uint64_t *to, uint64_t v)
{
	atomic_store_explicit(to,
	    atomic_load_explicit(to, memory_order_relaxed) + v,
	    memory_order_relaxed);
}

void
histogram_add(struct histogram *h, enum histogram_kind kind, uint64_t v)
{
	add(&h->sum, v);
	add(&h->count[bucket_of(kind, v)], 1);
}

unsigned int
histogram_bounds(enum histogram_kind kind)
{
	return kinds[kind].n;
}

uint64_t
histogram_bound(enum histogram_kind kind, unsigned int i)
{
	return kinds[kind].bound[i];
}

uint64_t
histogram_total(const struct histogram *h)
{
	uint64_t n = 0;
	unsigned int i;

	for (i = 0; i < HISTOGRAM_BUCKETS; i++)
		n += atomic_load(&h->count[i]);
	return n;
}

uint64_t
histogram_quantile(const struct histogram *h, enum histogram_kind kind,
    unsigned int thousandth)
{
	uint64_t total = histogram_total(h), below = 0, rank;
	unsigned int i;

	if (total == 0)
		return 0;
	/* Not total * thousandth, which may overflow: the counts are not trusted. */
	rank = total / 1000 * thousandth + total % 1000 * thousandth / 1000;
	for (i = 0; i < kinds[kind].n; i++) {
		below += atomic_load(&h->count[i]);
		if (below > rank)
			return kinds[kind].bound[i];
	}
	return UINT64_MAX;
}
