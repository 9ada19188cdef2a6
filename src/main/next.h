/* SPDX-License-Identifier: ISC */
/*
 * The next generation of a configuration's services: their listeners, opened or
 * taken from the running ones, and their settings.  What runs is not touched,
 * and no acceptor is started.
 */
#ifndef TINED_MAIN_NEXT_H
#define TINED_MAIN_NEXT_H

#include "main/tined.h"

/* Makes it for each service that is new or has changed; at the start, for all.
 * 0, or -1 with err: then next_undo must be called. */
int next_make(struct tined *t, const struct config *c, struct failure *err);

/* Undoes all of that, as far as it came. */
void next_undo(struct tined *t);

/* Sets lead of each service with a next generation, and of those that hand
 * listeners to it: they are a group, see handover.h. */
void next_group(struct tined *t);

#endif
