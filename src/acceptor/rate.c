/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <string.h>

#include "acceptor/rate.h"

#define WAYS     4u
#define SLACK_US 1000000

static int64_t
interval_us(const struct settings_rate *rate)
{
	return 1000000 / rate->rate + (1000000 % rate->rate != 0);
}

/* How long an empty bucket takes to be full. */
static int64_t
depth_us(const struct settings_rate *rate)
{
	return interval_us(rate) * (rate->burst > 0 ? rate->burst : 1);
}

/*
 * When the bucket is full, never before now.  Further off than that of an empty
 * one is the doing of another acceptor's clock, read a moment later; much
 * further off is nobody's: it was scribbled over, and begins anew.
 */
static int64_t
full_at(int64_t full_us, const struct settings_rate *rate, int64_t now_us)
{
	int64_t empty = now_us + depth_us(rate);

	if (full_us <= now_us || full_us > empty + SLACK_US)
		return now_us;
	return full_us < empty ? full_us : empty;
}

int64_t
rate_wait(int64_t full_us, const struct settings_rate *rate, int64_t now_us)
{
	int64_t wait;

	if (rate->rate == 0 || full_us <= now_us)
		return 0;
	wait = full_at(full_us, rate, now_us) + interval_us(rate) - now_us -
	    depth_us(rate);
	return wait > 0 ? wait : 0;
}

int64_t
rate_take(_Atomic int64_t *full_us, const struct settings_rate *rate,
    int64_t now_us)
{
	int64_t old, full, wait;

	if (rate->rate == 0)
		return 0;
	old = atomic_load_explicit(full_us, memory_order_relaxed);
	do {
		if ((wait = rate_wait(old, rate, now_us)) > 0)
			return wait;
		full = full_at(old, rate, now_us) + interval_us(rate);
	} while (!atomic_compare_exchange_weak_explicit(full_us, &old, full,
	    memory_order_relaxed, memory_order_relaxed));
	return 0;
}

void
rate_return(_Atomic int64_t *full_us, const struct settings_rate *rate)
{
	if (rate->rate != 0)
		atomic_fetch_sub_explicit(full_us, interval_us(rate),
		    memory_order_relaxed);
}

/* Never 0: that is a free bucket. */
static uint64_t
key_of(const struct scoreboard *b, const struct addr *a)
{
	uint64_t h, w[2];

	memcpy(w, a->ip, sizeof(w));
	h = scoreboard_seed(b) ^ a->family;
	h = (h ^ w[0]) * 0xff51afd7ed558ccdu;
	h = ((h ^ h >> 33) ^ w[1]) * 0xc4ceb9fe1a85ec53u;
	return (h ^ h >> 33) | 1;
}

_Atomic int64_t *
rate_bucket(const struct scoreboard *b, const struct addr *source)
{
	uint64_t key = key_of(b, source);
	struct scoreboard_bucket *set, *oldest;
	unsigned int i;

	set = scoreboard_buckets(b) +
	    (key >> 16 & (SCOREBOARD_BUCKETS / WAYS - 1)) * WAYS;
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
