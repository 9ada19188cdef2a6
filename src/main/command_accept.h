/* SPDX-License-Identifier: ISC */
/*
 * Who gets a connection to the control socket.  There are COMMAND_CONNS places, of
 * which COMMAND_ROOTS are reserved for root; a peer without rights gets none.
 */
#ifndef TINED_MAIN_COMMAND_ACCEPT_H
#define TINED_MAIN_COMMAND_ACCEPT_H

#include "main/tined.h"

#define COMMAND_ROOTS 2

/* Accepts connections from now on; without a listener nothing happens. */
void command_accept(struct tined *t);

/* Closes those whose time is over; the next clock_ms to call, or 0. */
int64_t command_accept_step(struct tined *t, int64_t now);

#endif
