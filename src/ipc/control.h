/* SPDX-License-Identifier: ISC */
/*
 * Messages between main and an acceptor, of one size, over a SOCK_SEQPACKET
 * socketpair.  End of file means that the other side is gone.
 */
#ifndef TINED_IPC_CONTROL_H
#define TINED_IPC_CONTROL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONTROL_TEXT_MAX 240

enum control_type {
	/* from an acceptor */
	CONTROL_READY = 1, /* confined; accepts, or waits for CONTROL_ACCEPT */
	CONTROL_FAILED,    /* the start failed; arg: exit code, text: why */
	CONTROL_FREED,     /* a slot is free that another acceptor waits for */
	CONTROL_GIVEN_UP,  /* arg: a listener that is broken, text: why */
	CONTROL_CLOSED,    /* draining: the listeners are closed */
	CONTROL_PONG,      /* the response to CONTROL_PING */
	/* from main */
	CONTROL_ACCEPT, /* accept from now on: the settings have wait, or it
			   was paused */
	CONTROL_PAUSE,  /* leave clients in the backlog until CONTROL_ACCEPT */
	CONTROL_DRAIN,  /* stop accepting; sessions live to their own limits;
			   arg: control_prefixes, or 0 */
	CONTROL_STOP,   /* the same, and end sessions; arg: ms until TERM */
	CONTROL_WAKE,   /* a slot is free */
	CONTROL_GREW,   /* arg: the pages that the scoreboard has now */
	CONTROL_PING,
	CONTROL_END, /* text: a struct command_request, sessions to end */
	CONTROL_TYPES
};

struct control {
	uint32_t type;
	int32_t arg;
	char text[CONTROL_TEXT_MAX]; /* always ends in a NUL when received */
};

/*
 * The prefixes by which a draining acceptor counts its sources from now on, the
 * same as the next acceptor; as an arg, and whether an arg has them.
 */
int32_t control_prefixes(unsigned int v4, unsigned int v6);
bool control_has_prefixes(int32_t arg, unsigned int *v4, unsigned int *v6);

/* Sends a message; text may be NULL.  Never blocks.  0, or -1 with errno. */
int control_send(int fd, enum control_type type, int32_t arg, const char *text);

/* The same with size bytes, fewer than CONTROL_TEXT_MAX. */
int control_send_bytes(int fd, enum control_type type, const void *data,
    size_t size);

/* Receives a message and checks it.  1: msg is valid, 0: end of file, -1 with
 * errno (EAGAIN: there is none; EBADMSG: it is not a control message). */
int control_receive(int fd, struct control *msg);

#endif
