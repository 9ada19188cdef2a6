/*
 * What main and an acceptor say to each other: fixed messages over a
 * SOCK_SEQPACKET socketpair.  End of file means that the other side is gone.
 */
#ifndef TINED_BASE_CONTROL_H
#define TINED_BASE_CONTROL_H

#include <stdbool.h>
#include <stdint.h>

#define CONTROL_TEXT_MAX 240

enum control_type {
	/* from an acceptor */
	CONTROL_READY = 1, /* confined and accepting, or to be told so */
	CONTROL_FAILED,    /* it will not; arg: exit code, text: why */
	CONTROL_FREED,     /* a slot is free and somebody waits for one */
	CONTROL_GIVEN_UP,  /* arg: a listener that is broken, text: why */
	CONTROL_CLOSED,    /* draining: the listeners are closed */
	CONTROL_PONG,      /* the answer to CONTROL_PING */
	/* from main */
	CONTROL_ACCEPT, /* accept from now on, if the settings says wait */
	CONTROL_DRAIN,  /* stop accepting; sessions live to their own limits;
			   arg: control_prefixes, or 0 */
	CONTROL_STOP,   /* the same, and end them: arg: ms until TERM */
	CONTROL_WAKE,   /* a slot is free, look again */
	CONTROL_GREW,   /* arg: how many pages the board has now */
	CONTROL_PING,   /* to be answered */
	CONTROL_TYPES
};

struct control {
	uint32_t type;
	int32_t arg;
	char text[CONTROL_TEXT_MAX]; /* always ends in a NUL when received */
};

/*
 * The prefixes by which a draining acceptor counts its sources from now on, that
 * those of the next one agree with them; and whether an arg holds any.
 */
int32_t control_prefixes(unsigned int v4, unsigned int v6);
bool control_has_prefixes(int32_t arg, unsigned int *v4, unsigned int *v6);

/* Sends one; text may be NULL.  Never blocks.  0, or -1 with errno. */
int control_send(int fd, enum control_type type, int32_t arg, const char *text);

/* Receives one and checks it.  1: msg is good, 0: end of file, -1 with errno
 * (EAGAIN: none there; EBADMSG: what came is no control message). */
int control_receive(int fd, struct control *msg);

#endif
