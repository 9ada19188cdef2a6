/* SPDX-License-Identifier: ISC */
/*
 * Time.  Intervals and deadlines use CLOCK_MONOTONIC, so that setting the clock
 * does not affect them; only daytime, time and the log read the calendar.
 */
#ifndef TINED_BASE_CLOCK_H
#define TINED_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

/* Milliseconds and microseconds of CLOCK_MONOTONIC. */
int64_t clock_ms(void);
int64_t clock_us(void);

/*
 * The time until deadline (clock_ms's, 0: none) as a ppoll timeout: NULL for
 * none, else ts filled in, never negative.
 */
struct timespec *clock_timeout(int64_t deadline, int64_t now,
    struct timespec *ts);

/* Microseconds of processor time that this thread has used. */
int64_t clock_cpu_us(void);

/*
 * For work whose amount others determine: after took_us of it, when to go on, so
 * that it takes one of so many parts of the time.  As clock_ms, at most max_ms
 * from now.
 */
int64_t clock_rest(int64_t took_us, int64_t parts, int64_t max_ms);

/* The next multiple of ms: periodic work that all do in one wake-up. */
int64_t clock_beat(int64_t now, int64_t ms);

/* The earlier of two deadlines, where 0 is none. */
int64_t clock_earlier(int64_t a, int64_t b);

#endif
