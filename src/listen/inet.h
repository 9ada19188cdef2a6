/* SPDX-License-Identifier: ISC */
/*
 * Listeners on a host and a port: one for each address of the host.
 */
#ifndef TINED_LISTEN_INET_H
#define TINED_LISTEN_INET_H

#include "listen/opening.h"

/* Adds the wants of a host and a port.  0, or -1 with err. */
int inet_want(struct opening *o, struct listener_request *r, size_t item,
    const struct addr_text *at);

/* Opens all addresses of the item that *w is the first of, and moves *w on to
 * the next item.  0, or -1 with err. */
int inet_open(struct opening *o, struct want **w);

#endif
