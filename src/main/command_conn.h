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

#include "main/command_peer.h"
#include "main/command_reply.h"
#include "main/tined.h"

#define COMMAND_CONNS    8
#define COMMAND_ROOTS    2
#define COMMAND_STOPPING "tined is stopping"

enum command_stage {
	STAGE_REQUEST,   /* waits for its request */
	STAGE_WAITING,   /* for the next reload to begin */
	STAGE_RELOADING, /* for the verdict of the running one */
	STAGE_STOPPING,  /* for main's end */
	STAGE_REPLY      /* its reply is being sent */
};

struct command_conn {
	struct watch watch; /* first, for its callback; fd -1: a free place */
	enum command_stage stage;
	int64_t due;       /* clock_ms at which it is closed, or 0 */
	struct ucred peer; /* as it connected */
	struct command_reply *reply;
	size_t sent;
};

struct commands {
	struct watch watch;    /* the listening socket; fd -1: none */
	struct listener *l;    /* NULL: there is none */
	struct listener *next; /* a reload's; NULL: l stays */
	struct command_conn conn[COMMAND_CONNS];
	unsigned int nstops; /* requested, not yet taken */
	bool wants_reload;   /* the same */
	int64_t resume_at;   /* when to accept again after an error, or 0 */
	uint64_t taken, refused, errors;
	struct log_pace pace; /* of refusals in the log */
};

/* Accepts connections from now on; without a listener nothing happens. */
void command_conn_listen(struct tined *t);

/* Closes those whose time is over; the next clock_ms to call, or 0. */
int64_t command_conn_step(struct tined *t, int64_t now);

/* Replies to all in that stage; r may be NULL, for lack of memory: then they are
 * closed. */
void command_conn_reply(struct commands *c, enum command_stage stage,
    struct command_reply *r);

void command_conn_close(struct command_conn *conn);

#endif
