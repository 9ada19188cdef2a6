/* SPDX-License-Identifier: ISC */
/*
 * What happens when a session has ended: its status goes into its slot, and what
 * the limits have counted for it is given back.
 */
#ifndef TINED_ACCEPTOR_REAP_H
#define TINED_ACCEPTOR_REAP_H

#include "acceptor/acceptor.h"

/* Whether a child has ended, which is not reaped. */
bool reap_peek(pid_t pid);

/* Reaps the child of that pid if it has ended.  Whether it still runs. */
bool reap_one(struct acceptor *a, pid_t pid, int64_t now);

/* Reaps any child that has ended; the kernel walks through all of them.  Whether
 * there was one. */
bool reap_any(struct acceptor *a, int64_t now);

/* After an error: makes ends_due come soon, as a session that is not reaped
 * counts against the limits. */
void reap_again(struct acceptor *a, int64_t now);

/* Gives one of `instances` back and wakes an acceptor that waits for it. */
void reap_leave(struct acceptor *a);

#endif
