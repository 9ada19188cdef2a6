/*
 * What a program finds in its environment of its connection: UCSPI's variables
 * (https://cr.yp.to/proto/ucspi.txt), CGI's (RFC 3875), tined's own.  Nothing
 * in them is a peer's choice but its numeric address.
 */
#ifndef TINED_ACCEPTOR_ENVIRONMENT_H
#define TINED_ACCEPTOR_ENVIRONMENT_H

#include "acceptor/acceptor.h"

/*
 * Fills in the connection's variables in front of the service's and returns
 * the whole environment; valid until the next call.  Looks the local address
 * up where the listener does not know it.
 */
char **environment_make(struct acceptor *a, struct scoreboard_slot *slot,
    int fd);

#endif
