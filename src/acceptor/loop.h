/*
 * The accept loop.  Signals are blocked everywhere but in its ppoll.
 */
#ifndef TINED_ACCEPTOR_LOOP_H
#define TINED_ACCEPTOR_LOOP_H

#include "acceptor/acceptor.h"

/* Blocks all signals, makes the signalfd of ends, fills in a->open.  0, or -1
 * with errno. */
int loop_signals(struct acceptor *a);

/* Sets the title that ps(1) shows: the service and how many sessions it has.
 * From then on loop_run keeps it. */
void loop_title(struct acceptor *a);

/* Serves until it was told to drain and the last session has ended. */
void loop_run(struct acceptor *a);

#endif
