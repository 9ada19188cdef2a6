/* SPDX-License-Identifier: ISC */
/*
 * Connections to the control socket: their requests and replies.  A request must
 * arrive within a second, and each part of the reply must be taken within a
 * second.  Nothing here blocks; what takes time is only noted, for main's loop to
 * take (commands.h).
 */
#ifndef TINED_MAIN_COMMAND_CONN_H
#define TINED_MAIN_COMMAND_CONN_H

#include "main/command_reply.h"
#include "main/tined.h"

#define COMMAND_STOPPING "tined is stopping"

/* Takes over the connection of a peer that may command, in a free place, and waits
 * for its request.  0, or -1 with errno: then it is closed. */
int command_conn_begin(struct tined *t, struct command_conn *conn, int fd,
    const struct ucred *peer);

/* Replies to all in that stage, and takes the caller's use of r.  It may be NULL,
 * for lack of memory: then they are closed. */
void command_conn_reply(struct commands *c, enum command_stage stage,
    struct command_reply *r);

void command_conn_close(struct command_conn *conn);

#endif
