/*
 * What main tells an acceptor on the control socket.
 */
#ifndef TINED_ACCEPTOR_ORDERS_H
#define TINED_ACCEPTOR_ORDERS_H

#include "acceptor/acceptor.h"

/* Obeys all that has come.  When main is gone the acceptor drains as on a
 * stop. */
void orders_take(struct acceptor *a, int64_t now);

#endif
