/* SPDX-License-Identifier: ISC */
/*
 * A reply on the control socket: a text, then the exit status.  It is sent as
 * far as the connection has room, and shared by all that wait for it.
 */
#ifndef TINED_MAIN_COMMAND_REPLY_H
#define TINED_MAIN_COMMAND_REPLY_H

#include <stddef.h>

struct command_reply;

/* Lines, each with its newline, the exit status and one line to end with
 * (without a newline, may be empty).  NULL with errno.  It has one user. */
struct command_reply *command_reply_new(const char *lines, int code,
    const char *last);
void command_reply_use(struct command_reply *r);

/* The last one frees it; NULL is fine. */
void command_reply_leave(struct command_reply *r);

/*
 * Sends more of it; *sent is 0 at first.  1: all was sent, 0: no room for now,
 * -1 with errno: the connection is broken.  Never blocks.
 */
int command_reply_send(int fd, const struct command_reply *r, size_t *sent);

/* Sends some whole lines.  0, or -1 with errno. */
int command_reply_text(int fd, const char *lines);

/* Ends a reply without further lines.  0, or -1 with errno. */
int command_reply_end(int fd, int code, const char *last);

#endif
