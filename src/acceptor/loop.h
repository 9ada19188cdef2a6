/*
 * The accept loop.  It hears of ends by a descriptor, so no signal is ever
 * opened but TERM and those of a crash: what is sent to all processes of a unit
 * (`systemctl kill -s USR1 tined') passes acceptors and sessions by.
 */
#ifndef TINED_ACCEPTOR_LOOP_H
#define TINED_ACCEPTOR_LOOP_H

#include "acceptor/acceptor.h"

/* Blocks signals and makes the signalfd of ends.  0, or -1 with errno. */
int loop_signals(struct acceptor *a);

/* Sets the title that ps(1) shows: the service and how many sessions it has.
 * From then on loop_run keeps it. */
void loop_title(struct acceptor *a);

/* Serves until it was told to drain and the last session has ended. */
void loop_run(struct acceptor *a);

#endif
