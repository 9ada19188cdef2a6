/* SPDX-License-Identifier: ISC */
/*
 * Addresses that overlap, within the new configuration or with the running one.
 */
#ifndef TINED_LISTEN_SHARING_H
#define TINED_LISTEN_SHARING_H

#include "listen/opening.h"

/* 0, or -1 with err where two of the new configuration overlap. */
int sharing_check(struct opening *o);

/*
 * Allows l to be bound beside listeners of the running configuration.  0, and
 * l->waits where there are any; or -1 with err.
 */
int sharing_allow(struct opening *o, const struct want *w, struct listener *l);

/* Gives listeners that are left, and covered by a new one, to its service. */
void sharing_absorb(struct opening *o);

#endif
