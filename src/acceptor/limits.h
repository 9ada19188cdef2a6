/* SPDX-License-Identifier: ISC */
/*
 * The access rules, only_from and no_access, and the limits: instances, cps,
 * per_source, cps_per_source.  Pure decisions on the scoreboard, without sockets.
 * Shared places are reserved first and summed afterwards: two acceptors that
 * compete for the last one may both fail, but never both get it.
 */
#ifndef TINED_ACCEPTOR_LIMITS_H
#define TINED_ACCEPTOR_LIMITS_H

#include <stdbool.h>
#include <stdint.h>

#include "ipc/scoreboard.h"
#include "ipc/settings.h"

/*
 * Whether peer has access.  Main has sorted the rules (the most specific
 * first, no_access before only_from): the first one that matches decides.
 * Unix peers have no address and always have access.
 */
bool limits_allow(const struct settings *s, const struct addr *peer);

/* Reserves one of `instances`; false when all are taken. */
bool limits_enter(const struct scoreboard *b, const struct settings *s);

/* Gives it back.  Whether another acceptor waits for one. */
bool limits_leave(const struct scoreboard *b);

/* Takes a token of `cps`.  0, or the milliseconds until there will be one (then
 * none was taken). */
int64_t limits_start(const struct scoreboard *b, const struct settings *s,
    int64_t now_us);

/* Gives it back: no session was started. */
void limits_not_started(const struct scoreboard *b, const struct settings *s);

/*
 * Counts one more session of a peer: masks *source, which is counted, and sets
 * *nth to its number of sessions.  REFUSED_NOT, or the reason why the session
 * is refused: then nothing is counted.
 */
enum refusal limits_source(const struct scoreboard *b, const struct settings *s,
    int64_t now_us, struct addr *source, uint32_t *nth);

/* Undoes limits_source: no session was started. */
void limits_source_left(const struct scoreboard *b, const struct settings *s,
    const struct addr *source);

#endif
