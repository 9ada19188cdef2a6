/*
 * The ends of main's children: acceptors, the logger, and sessions whose
 * acceptor has died (main is their subreaper), and what these have left behind.
 */
#ifndef TINED_MAIN_REAP_H
#define TINED_MAIN_REAP_H

#include "main/tined.h"

/*
 * Takes the ends that signals tell of.  In a turn of main's loop a bounded number
 * is taken, here as below: whoever makes more of them does not hold up the rest.
 */
void reap(struct tined *t);

/*
 * Looks for those that no signal has told of and for what could not be taken,
 * for a fifth of the time at most; when to do so next (milliseconds of
 * clock_ms).
 */
int64_t reap_due(struct tined *t, int64_t now);

#endif
