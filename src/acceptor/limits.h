/*
 * The limits: instances, cps, per_source, cps_per_source.  Pure decisions over
 * the board, no socket enters.  What is shared with other acceptors is
 * reserved first and summed afterwards: two that compete for the last place
 * may both step back, but never both take it.
 */
#ifndef TINED_ACCEPTOR_LIMITS_H
#define TINED_ACCEPTOR_LIMITS_H

#include <stdbool.h>
#include <stdint.h>

#include "ipc/scoreboard.h"
#include "ipc/settings.h"

/* Reserves one of `instances`; false when all are taken. */
bool limits_enter(const struct scoreboard *b, const struct settings *s);

/* Gives it back.  Returns whether another acceptor waits for one. */
bool limits_leave(const struct scoreboard *b);

/* Milliseconds until `cps` has a token; 0: now. */
int64_t limits_pace(const struct scoreboard *b, const struct settings *s,
    int64_t now_us);

/* Takes a token of `cps`; false when there is none. */
bool limits_start(const struct scoreboard *b, const struct settings *s,
    int64_t now_us);

/* Gives it back: nothing was started. */
void limits_not_started(const struct scoreboard *b, const struct settings *s);

/*
 * The bucket of a source, in the scoreboard's table of four-way sets; where all
 * four are in use, the one that is full first is replaced.
 */
_Atomic int64_t *limits_bucket(const struct scoreboard *b,
    const struct addr *source);

/*
 * Counts one more session of a peer: source becomes what is counted (masked)
 * and *nth how many it then has.  REFUSED_NOT, or why it may not: then
 * nothing is counted.
 */
enum refusal limits_source(const struct scoreboard *b, const struct settings *s,
    int64_t now_us, struct addr *source, uint32_t *nth);

/* Gives the source's token of `cps_per_source` back: nothing was started. */
void limits_source_not_started(const struct scoreboard *b,
    const struct settings *s, const struct addr *source);

/* The same, and the session is not counted any longer: all that limits_source
 * has taken. */
void limits_source_left(const struct scoreboard *b, const struct settings *s,
    const struct addr *source);

#endif
