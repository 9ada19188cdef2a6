/* SPDX-License-Identifier: ISC */
/*
 * Reaping main's children: acceptors, the logger, sessions whose acceptor has
 * died (main is their subreaper), and what these have left behind.  Each call
 * does a bounded amount of work, however many children end.
 */
#ifndef TINED_MAIN_REAPER_H
#define TINED_MAIN_REAPER_H

#include "main/tined.h"

/* Reaps those that SIGCHLD has named. */
void reap(struct tined *t);

/*
 * Looks for those that no signal has named and for what could not be reaped
 * before, for half of the time at most; when to call again (clock_ms).
 */
int64_t reap_due(struct tined *t, int64_t now);

#endif
