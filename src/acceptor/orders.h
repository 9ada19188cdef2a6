/* SPDX-License-Identifier: ISC */
/*
 * Messages from main on the control socket.
 */
#ifndef TINED_ACCEPTOR_ORDERS_H
#define TINED_ACCEPTOR_ORDERS_H

#include "acceptor/acceptor.h"

/* Handles all that have arrived.  At end of file (main is gone) the acceptor
 * drains as for CONTROL_STOP. */
void orders_take(struct acceptor *a, int64_t now);

#endif
