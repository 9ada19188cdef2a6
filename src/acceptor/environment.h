/* SPDX-License-Identifier: ISC */
/*
 * A program's environment variables about its connection: UCSPI's
 * (https://cr.yp.to/proto/ucspi.txt), CGI's (RFC 3875), tined's own.  A peer
 * controls nothing in them but its numeric address.
 */
#ifndef TINED_ACCEPTOR_ENVIRONMENT_H
#define TINED_ACCEPTOR_ENVIRONMENT_H

#include "acceptor/acceptor.h"

/*
 * Writes the connection's variables in front of the service's and returns the
 * whole environment; valid until the next call.  Calls session_local.
 */
char **environment_make(struct acceptor *a, struct scoreboard_slot *slot,
    int fd);

#endif
