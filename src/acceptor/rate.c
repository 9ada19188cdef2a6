/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <string.h>

#include "acceptor/rate.h"

#define WAYS 4u

static int64_t
interval_us(const struct spec_rate *rate)
{
	return 1000000 / rate->rate + (1000000 % rate->rate != 0);
}

int64_t
rate_wait(int64_t full_us, const struct spec_rate *rate, int64_t now_us)
{
	int64_t depth, step;

	if (rate->rate == 0 || full_us <= now_us)
		return 0;
	step = interval_us(rate);
	depth = step * rate->burst;
	/* Further off than an empty bucket can be: scribbled over. */
	if (full_us > now_us + depth)
		full_us = now_us + depth;
	return full_us + step <= now_us + depth ?
	    0 :
	    full_us + step - now_us - depth;
}

int64_t
rate_take(_Atomic int64_t *full_us, const struct spec_rate *rate,
    int64_t now_us)
{
	int64_t old, base, wait, step;

	if (rate->rate == 0)
		return 0;
	step = interval_us(rate);
	old = atomic_load_explicit(full_us, memory_order_relaxed);
	do {
		if ((wait = rate_wait(old, rate, now_us)) > 0)
			return wait;
		base = old > now_us ? old : now_us;
		if (base > now_us + step * rate->burst)
			base = now_us + step * rate->burst;
	} while (!atomic_compare_exchange_weak_explicit(full_us, &old,
	    base + step, memory_order_relaxed, memory_order_relaxed));
	return 0;
}

/* Never 0: that is a free bucket. */
static uint64_t
key_of(const struct board *b, const struct addr *a)
{
	uint64_t h, w[2];

	memcpy(w, a->ip, sizeof(w));
	h = board_head(b)->seed ^ a->family;
	h = (h ^ w[0]) * 0xff51afd7ed558ccdu;
	h = ((h ^ h >> 33) ^ w[1]) * 0xc4ceb9fe1a85ec53u;
	return (h ^ h >> 33) | 1;
}

_Atomic int64_t *
rate_bucket(const struct board *b, const struct addr *source)
{
	uint64_t key = key_of(b, source);
	struct board_bucket *set, *oldest;
	unsigned int i;

	set = board_buckets(b) +
	    (key >> 16 & (BOARD_BUCKETS / WAYS - 1)) * WAYS;
	oldest = set;
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
