/*
 * Token buckets, as the time at which one would be full again (the generic
 * cell rate algorithm, ITU-T I.371): one number a bucket, nothing to refill.
 * All times are clock_us.
 */
#ifndef TINED_ACCEPTOR_RATE_H
#define TINED_ACCEPTOR_RATE_H

#include <stdint.h>

#include "ipc/scoreboard.h"
#include "ipc/settings.h"

/* How long until a token is there: 0 when one is now, or rate is 0. */
int64_t rate_wait(int64_t full_us, const struct settings_rate *rate,
    int64_t now_us);

/*
 * Takes a token from a bucket that several acceptors share.  Returns 0, or
 * the microseconds until there will be one (then none was taken).
 */
int64_t rate_take(_Atomic int64_t *full_us, const struct settings_rate *rate,
    int64_t now_us);

/* Gives a token back that rate_take has taken and nobody needed. */
void rate_return(_Atomic int64_t *full_us, const struct settings_rate *rate);

/*
 * The bucket of a source in the board's table of four-way sets; where all four
 * are taken, the one that is full again first gives way.
 */
_Atomic int64_t *rate_bucket(const struct scoreboard *b,
    const struct addr *source);

#endif
