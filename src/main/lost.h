/* SPDX-License-Identifier: ISC */
/*
 * Records that were lost and that nobody has told the log of: main's own, and
 * those of acceptors that have ended.
 */
#ifndef TINED_MAIN_LOST_H
#define TINED_MAIN_LOST_H

#include "main/tined.h"

/* Tells the log of them when it has room again; the next clock_ms to try, or
 * 0. */
int64_t lost_report(struct tined *t, int64_t now);

#endif
