/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "base/rate.h"

#define SLACK_US 1000000

static int64_t
interval_us(const struct rate *rate)
{
	return 1000000 / rate->rate + (1000000 % rate->rate != 0);
}

/* How long an empty bucket takes to be full. */
static int64_t
depth_us(const struct rate *rate)
{
	return interval_us(rate) * (rate->burst > 0 ? rate->burst : 1);
}

/*
 * When the bucket is full, never before now.  A time later than that of an empty
 * one comes from another process, which has read the clock a moment later; one
 * that is much later is garbage, and the bucket starts full.
 */
static int64_t
full_at(int64_t full_us, const struct rate *rate, int64_t now_us)
{
	int64_t empty = now_us + depth_us(rate);

	if (full_us <= now_us || full_us > empty + SLACK_US)
		return now_us;
	return full_us < empty ? full_us : empty;
}

int64_t
rate_take(_Atomic int64_t *full_us, const struct rate *rate, int64_t now_us)
{
	int64_t old, full;

	if (rate->rate == 0)
		return 0;
	old = atomic_load_explicit(full_us, memory_order_relaxed);
	do {
		full = full_at(old, rate, now_us) + interval_us(rate);
		if (full > now_us + depth_us(rate))
			return full - now_us - depth_us(rate);
	} while (!atomic_compare_exchange_weak_explicit(full_us, &old, full,
	    memory_order_relaxed, memory_order_relaxed));
	return 0;
}

void
rate_return(_Atomic int64_t *full_us, const struct rate *rate)
{
	if (rate->rate != 0)
		atomic_fetch_sub_explicit(full_us, interval_us(rate),
		    memory_order_relaxed);
}
