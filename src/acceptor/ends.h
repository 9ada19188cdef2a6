/* SPDX-License-Identifier: ISC */
/*
 * Which children have ended: by signals, by asking for any one, or by looking
 * through the list of children.
 */
#ifndef TINED_ACCEPTOR_ENDS_H
#define TINED_ACCEPTOR_ENDS_H

#include "acceptor/acceptor.h"

/* Reaps the children that the signalfd names; the cost does not depend on the
 * number of sessions. */
void ends_read(struct acceptor *a, int64_t now);

/* Reaps all that have ended, for some milliseconds at most.  The kernel walks
 * through all children. */
void ends_sweep(struct acceptor *a, int64_t now);

/* Continues what is not done: sweeps that were cut short or failed, and looks
 * for leftovers of sessions.  ends_due is the time of the next call, or 0. */
void ends_look(struct acceptor *a, int64_t now);
int64_t ends_due(const struct acceptor *a);

#endif
