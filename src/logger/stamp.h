/* SPDX-License-Identifier: ISC */
/*
 * The time of a line of the log: RFC 3339, in UTC, with milliseconds.
 */
#ifndef TINED_MAIN_STAMP_H
#define TINED_MAIN_STAMP_H

#include <time.h>

/* That time, `2026-11-26T18:55:03.042Z`; valid until the next call. */
const char *stamp(const struct timespec *ts);

/* The present time. */
const char *stamp_now(void);

#endif
