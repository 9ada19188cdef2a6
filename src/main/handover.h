/* SPDX-License-Identifier: ISC */
/*
 * From the running generation of acceptors to the next one.
 *
 * Services that hand listeners to each other are a group: all of a group take
 * over together, when every new acceptor is ready, or none does.  A service
 * without such ties is a group of its own.  Until then the running acceptors
 * serve; the new ones have the same sockets, but do not accept.
 *
 * The tail of a service is the listeners that it gives up for narrower ones
 * (listen/sharing.c): its old acceptors go on accepting for a second at least,
 * until their queues are empty, so that connections that had begun there are
 * served.
 */
#ifndef TINED_MAIN_HANDOVER_H
#define TINED_MAIN_HANDOVER_H

#include "main/tined.h"

/* Starts the acceptors of every next generation.  Services that have not changed
 * get the new configuration; those that are no longer configured and have nothing
 * to hand over are retired. */
void handover_begin(struct tined *t);

/* Lets groups take over, or gives them up.  When to call again, or 0 when all is
 * done and the replaced acceptors accept no more. */
int64_t handover_step(struct tined *t, int64_t now);

#endif
