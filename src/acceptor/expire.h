/* SPDX-License-Identifier: ISC */
/*
 * Ends sessions whose time is over: TERM, then KILL.
 */
#ifndef TINED_ACCEPTOR_EXPIRE_H
#define TINED_ACCEPTOR_EXPIRE_H

#include "acceptor/acceptor.h"

/* TERM to those whose time is over, KILL to those that had TERM before. */
void expire_due(struct acceptor *a, int64_t now);

/* TERM to all of them: drain_timeout is over. */
void expire_all(struct acceptor *a, int64_t now);

/* Ends the sessions that an operator has chosen, from the next turns on. */
void expire_choose(struct acceptor *a, const struct command_request *r,
    int64_t now);

/* Looks at so many slots more for them; whether there are others. */
bool expire_chosen(struct acceptor *a, int64_t now, uint32_t most);

/* Ends sessions of a built-in that were stopped (SIGSTOP). */
void expire_stopped(struct acceptor *a, int64_t now);

#endif
