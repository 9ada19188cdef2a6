/* SPDX-License-Identifier: ISC */
/*
 * An acceptor that drains leaves its sessions to main.  Main is their
 * subreaper, and counts, limits and logs them as the acceptor did; the
 * acceptor's memory and its section of the scoreboard are free for the next
 * one.
 */
#ifndef TINED_ACCEPTOR_LEAVE_H
#define TINED_ACCEPTOR_LEAVE_H

#include "acceptor/acceptor.h"

/* Whether it may exit while sessions run: none of them needs its parent.  If
 * not, leave_ms is the time of the next call, or 0. */
bool leave_possible(struct acceptor *a, int64_t now);

/* Writes again into the slots what main needs; sessions may have changed it. */
void leave_slots(const struct acceptor *a);

/* Counts the sources by other prefixes: those of the next generation. */
void leave_recount(struct acceptor *a, unsigned int v4, unsigned int v6);

#endif
