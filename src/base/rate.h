/* SPDX-License-Identifier: ISC */
/*
 * Token buckets.  A bucket is the time at which it will be full (the generic cell
 * rate algorithm, ITU-T I.371): one number, 0 for a full one, nothing to refill.
 * All times are clock_us.
 */
#ifndef TINED_BASE_RATE_H
#define TINED_BASE_RATE_H

#include <stdatomic.h>
#include <stdint.h>

/* rate a second, burst at once; rate 0: no limit. */
struct rate {
	uint32_t rate;
	uint32_t burst;
};

/* Takes a token from a bucket, which processes may share.  0, or the microseconds
 * until there will be one (then none was taken). */
int64_t rate_take(_Atomic int64_t *full_us, const struct rate *rate,
    int64_t now_us);

/* Returns a token that was taken and not needed. */
void rate_return(_Atomic int64_t *full_us, const struct rate *rate);

#endif
