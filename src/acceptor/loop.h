/*
 * The accept loop.  Signals are blocked everywhere but in its ppoll.
 */
#ifndef TINED_ACCEPTOR_LOOP_H
#define TINED_ACCEPTOR_LOOP_H

#include "acceptor/acceptor.h"

/* Blocks all signals, installs SIGCHLD's handler, fills in a->open. */
void loop_signals(struct acceptor *a);

/* Serves until it was told to drain and the last session has ended. */
void loop_run(struct acceptor *a);

#endif
