/* SPDX-License-Identifier: ISC */
/*
 * Connections to the control socket.  There are COMMAND_CONNS places, of which
 * COMMAND_ROOTS are reserved for root; a peer without rights gets none.  A
 * request must arrive within a second, and each part of the reply must be taken
 * within a second.  Nothing here blocks; requests are only noted, for main's loop
 * to take (commands.h).
 */
#ifndef TINED_MAIN_COMMAND_CONN_H
#define TINED_MAIN_COMMAND_CONN_H

#include "main/command_reply.h"
#include "main/tined.h"

#define COMMAND_ROOTS    2
#define COMMAND_STOPPING "tined is stopping"

/* Accepts connections from now on; without a listener nothing happens. */
void command_conn_listen(struct tined *t);

/* Closes those whose time is over; the next clock_ms to call, or 0. */
int64_t command_conn_step(struct tined *t, int64_t now);

/* Replies to all in that stage, and takes the caller's use of r.  It may be NULL,
 * for lack of memory: then they are closed. */
void command_conn_reply(struct commands *c, enum command_stage stage,
    struct command_reply *r);

void command_conn_close(struct command_conn *conn);

#endif
