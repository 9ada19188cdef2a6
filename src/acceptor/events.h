/* SPDX-License-Identifier: ISC */
/*
 * An acceptor's records of the log.  Nothing waits: records that do not fit
 * into the pipe are kept (ends) or dropped and counted (all others).
 */
#ifndef TINED_ACCEPTOR_EVENTS_H
#define TINED_ACCEPTOR_EVENTS_H

#include "acceptor/acceptor.h"

/* Counts a record as lost, to be logged when the pipe has room again, by main
 * if necessary. */
void event_lost(struct acceptor *a);

/* Sends a record; counts it as lost when the pipe is full. */
void event_send(struct acceptor *a, const struct record *r);

/* A connection was refused: counted; logged once a second and reason. */
void event_refused(struct acceptor *a, enum refusal why,
    const struct addr *peer, int64_t now);

/* A resource error: logged once a second, the others are counted. what is the
 * call, limits the limits that may be exhausted, or NULL. */
void event_resource(struct acceptor *a, enum resource kind, const char *what,
    const char *limits, int error);

/* A session began (log_level debug). */
void event_start(struct acceptor *a, const struct scoreboard_slot *slot);

/* One error, always logged. */
void event_error(struct acceptor *a, const char *msg);

/* The end of a session whose slot is complete.  The slot is in use until
 * event_flush has written the record. */
void event_end(struct acceptor *a, struct child *ch);

/* Writes the records of ended sessions, as many as fit at once, and frees
 * their slots. */
void event_flush(struct acceptor *a);

/* Logs the numbers of suppressed records whose second is over, or all of them,
 * when the acceptor ends.  The time of the next call, or 0. */
int64_t event_suppressed(struct acceptor *a, int64_t now, bool all);

#endif
