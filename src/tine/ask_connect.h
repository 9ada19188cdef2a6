/* SPDX-License-Identifier: ISC */
/*
 * Finding the control socket.
 */
#ifndef TINED_CLIENT_ASK_CONNECT_H
#define TINED_CLIENT_ASK_CONNECT_H

struct ask;

/* Sets a->fd and a->pidfd.  0, or an exit status with a->last. */
int ask_connect(struct ask *a);

#endif
