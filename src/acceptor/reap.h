/*
 * How sessions end: reaped with their status as the report, or told to when
 * their time is over.
 */
#ifndef TINED_ACCEPTOR_REAP_H
#define TINED_ACCEPTOR_REAP_H

#include "acceptor/acceptor.h"

/* Reaps those whose end the signalfd tells: no more than these are looked at,
 * however many sessions there are. */
void reap_ended(struct acceptor *a, int64_t now);

/* Reaps whoever has ended, for some milliseconds at most.  The kernel goes
 * through all children. */
void reap_sweep(struct acceptor *a, int64_t now);

/* Takes up what could not be done before: ends that could not be taken, and
 * what sessions have left behind.  reap_due says when, 0: there is nothing. */
void reap_look(struct acceptor *a, int64_t now);
int64_t reap_due(const struct acceptor *a);

/* Ends sessions of a built-in service that somebody has stopped (SIGSTOP). */
void reap_halted(struct acceptor *a, int64_t now);

/* TERM to those whose time is over, KILL to those that had TERM before. */
void reap_expire(struct acceptor *a, int64_t now);

/* TERM to all of them now: drain_timeout is over. */
void reap_stop(struct acceptor *a, int64_t now);

/* Gives one of `instances` back and wakes who waits for it. */
void reap_leave(struct acceptor *a);

/*
 * A session is no more (or was never forked): gives back what the limits had
 * counted for it, and wakes who waits for that.
 */
void reap_release(struct acceptor *a, const struct child *ch);

#endif
