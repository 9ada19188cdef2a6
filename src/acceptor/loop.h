/* SPDX-License-Identifier: ISC */
/*
 * The accept loop.  A signalfd reports ended children, so all signals are
 * blocked except TERM and those of a crash: a signal to all processes of a
 * unit (`systemctl kill -s USR1 tined') has no effect on acceptors and
 * sessions.
 */
#ifndef TINED_ACCEPTOR_LOOP_H
#define TINED_ACCEPTOR_LOOP_H

#include "acceptor/acceptor.h"

/* Blocks signals and makes the signalfd of ends.  0, or -1 with errno. */
int loop_signals(struct acceptor *a);

/* Sets the title in ps(1): the service and its number of sessions. loop_run
 * updates it. */
void loop_title(struct acceptor *a);

/* Runs until the acceptor has drained and the last session has ended. */
void loop_run(struct acceptor *a);

#endif
