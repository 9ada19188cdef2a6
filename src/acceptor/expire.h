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

/* Ends sessions of a built-in that were stopped (SIGSTOP). */
void expire_stopped(struct acceptor *a, int64_t now);

#endif
