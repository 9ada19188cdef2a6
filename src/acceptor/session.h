/*
 * A session: the forked child.  The parent closes the connection, the child
 * closes the listeners.
 */
#ifndef TINED_ACCEPTOR_SESSION_H
#define TINED_ACCEPTOR_SESSION_H

#include <sys/types.h>

#include "acceptor/acceptor.h"
#include "base/board.h"
#include "service/service.h"

/*
 * Forks a session that runs serve on fd and exits.  The kernel has stored the
 * pid in the slot before the child runs (CLONE_PARENT_SETTID): an acceptor
 * that dies at any moment leaves no session whose pid is unknown.  Returns the
 * pid, or -1 with errno.  fd stays the caller's.
 */
pid_t session_fork(const struct acceptor *a, struct board_slot *slot, int fd,
    void (*serve)(struct session *));

/* Fills in the slot's local address where the listener did not know it. */
void session_local(struct board_slot *slot, int fd);

/* A session that only ends a connection without a reset: see stream_close. */
void session_farewell(struct session *s);

#endif
