/*
 * The ends of main's children: acceptors, the logger, and sessions whose
 * acceptor has died (main is their subreaper).
 */
#ifndef TINED_MAIN_REAP_H
#define TINED_MAIN_REAP_H

#include "main/tined.h"

/* Takes every end there is, and sees to it that what could not be taken is
 * soon looked for again. */
void reap(struct tined *t);

/* Looks where it is time to, asked by no signal; when that is next
 * (milliseconds of clock_ms). */
int64_t reap_due(struct tined *t, int64_t now);

#endif
