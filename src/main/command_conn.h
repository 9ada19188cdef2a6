/* SPDX-License-Identifier: ISC */
/*
 * The connections of the control socket.  There are COMMAND_CONNS places, of
 * which COMMAND_ROOTS are kept for root; a connection that may not command gets
 * none.  A request must be there within a second, and an answer must be taken
 * within a second of each of its parts.  What was asked for is done by
 * commands_run, never in the middle of a turn.
 */
#ifndef TINED_MAIN_COMMAND_CONN_H
#define TINED_MAIN_COMMAND_CONN_H

#include <stdbool.h>
#include <stdint.h>

#include "ipc/watch.h"
#include "listen/listener.h"
#include "main/command_peer.h"
#include "main/command_refusal.h"
#include "main/command_reply.h"

#define COMMAND_CONNS 8
#define COMMAND_ROOTS 2

struct tined;

enum command_stage {
	COMMAND_ASKING,   /* its request is not there yet */
	COMMAND_WAITING,  /* for the next reload to begin */
	COMMAND_RUNNING,  /* for the verdict of the one that runs */
	COMMAND_STOPPING, /* for the end of main */
	COMMAND_ANSWERING
};

struct command_conn {
	struct watch watch; /* first; fd -1: the place is free */
	enum command_stage stage;
	int64_t due; /* clock_ms at which it is closed, or 0 */
	struct command_peer peer;
	struct command_reply *reply;
	size_t sent;
};

struct commands {
	struct watch watch;    /* first: the listening socket; or fd -1 */
	struct listener *l;    /* NULL: there is none */
	struct listener *next; /* a reload's; NULL: l stays */
	struct command_conn conn[COMMAND_CONNS];
	unsigned int nstops; /* asked for, not yet begun */
	bool wants_reload;
	int64_t resume_at; /* no descriptor was left to accept with; or 0 */
	uint64_t taken, refused, errors;
	struct command_refusals refusals;
};

/* Begins with one that was accepted: it becomes the place's, also when that
 * fails (it is closed, and counted). */
void command_conn_begin(struct tined *t, struct command_conn *conn, int fd,
    const struct command_peer *peer);

/* Answers one and closes it once that is sent; takes over a use of r, which
 * may be NULL for lack of memory. */
void command_conn_answer(struct command_conn *conn, struct command_reply *r);

void command_conn_close(struct command_conn *conn);

#endif
