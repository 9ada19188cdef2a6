/*
 * What an acceptor tells the log.  Nothing here waits: what does not fit into
 * the pipe is kept (ends) or counted (everything else).
 */
#ifndef TINED_ACCEPTOR_EVENTS_H
#define TINED_ACCEPTOR_EVENTS_H

#include "acceptor/acceptor.h"

/* Counts a record as lost: it is said when the pipe has room again, by main
 * if need be. */
void event_lost(struct acceptor *a);

/* Sends a record; counts it as lost when the pipe is full. */
void event_send(struct acceptor *a, const struct record *r);

/* A connection was refused: counted; logged once a second and reason. */
void event_refused(struct acceptor *a, enum refusal why,
    const struct addr *peer, int64_t now);

/* Something was lacking: logged once a second, the others counted.  what
 * names the call, limits what may be exhausted (NULL: nothing to name). */
void event_lack(struct acceptor *a, enum lack lack, const char *what,
    const char *limits, int error);

/* A session began (log_level debug). */
void event_start(struct acceptor *a, const struct scoreboard_slot *slot);

/* One error, always said. */
void event_error(struct acceptor *a, const char *msg);

/*
 * The end of a session whose slot is complete.  Its record stays in the
 * slot until event_flush has written it.
 */
void event_end(struct acceptor *a, struct child *ch);

/* Writes the records of ended sessions, as many at once as a write may hold,
 * and frees their slots. */
void event_flush(struct acceptor *a);

/* Reports what was not shown, when its second is over.  When to call again,
 * or 0. */
int64_t event_catch_up(struct acceptor *a, int64_t now);

/* The same at once, when the acceptor ends: nobody else knows of them. */
void event_last_words(struct acceptor *a);

#endif
