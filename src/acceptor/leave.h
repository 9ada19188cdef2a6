/*
 * How an acceptor that drains leaves its sessions to main.  Main is their
 * subreaper, and counts, limits and logs them as their acceptor did; the
 * acceptor's memory and its part of the board are free for the next one.
 */
#ifndef TINED_ACCEPTOR_LEAVE_H
#define TINED_ACCEPTOR_LEAVE_H

#include "acceptor/acceptor.h"

/* Whether it may go though sessions run: there is nothing of them that only
 * their parent can do.  When to ask again, at leave_ms. */
bool leave_possible(struct acceptor *a, int64_t now);

/* Writes into the slots what main goes by, whatever sessions have made of it. */
void leave_slots(const struct acceptor *a);

/* Counts the sources by other prefixes: those of the acceptors to come. */
void leave_recount(struct acceptor *a, unsigned int v4, unsigned int v6);

#endif
