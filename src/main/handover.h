/*
 * From the running generation of acceptors to the next one.
 *
 * Services that hand listeners to each other are a group: all of a group take
 * over together, when every new acceptor is ready, or none of them does.  A
 * service without such ties is a group of its own.  Until then the running
 * acceptors serve, and the new ones, which have the same sockets, accept
 * nothing.
 *
 * The tail of a service is the listeners that it gives up for narrower ones
 * (sharing.c): for a second at least, and until their queues are empty, its old
 * acceptors go on accepting, so that connections that had begun there are
 * served.
 */
#ifndef TINED_MAIN_HANDOVER_H
#define TINED_MAIN_HANDOVER_H

#include "main/tined.h"

/* Starts the acceptors of every next generation; services that are no longer
 * configured and have nothing to hand over are retired. */
void handover_begin(struct tined *t);

/* Lets groups take over, or gives them up.  When to be called again, or 0 when
 * all is done and what was replaced accepts no more. */
int64_t handover_step(struct tined *t, int64_t now);

#endif
