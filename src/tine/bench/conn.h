/* SPDX-License-Identifier: ISC */
/*
 * A connection under load, in as few system calls as possible: socket,
 * connect, send (which over loopback finds the connection made), epoll_ctl,
 * recv, close.  It is registered once, edge-triggered; for EPOLLOUT only where
 * something is left to send.
 */
#ifndef TINED_BENCH_CONN_H
#define TINED_BENCH_CONN_H

#include <stdbool.h>
#include <stdint.h>

#include "tine/bench/worker.h"

/* Connects and sends; false when that must wait (no free port). */
bool conn_open(struct worker *w, struct conn *c, int64_t due);

/* Sends the next request on an open connection. */
void conn_ask(struct worker *w, struct conn *c, int64_t due);

/*
 * Sends what is left of the request.  Its first success shows that the
 * connection is made.  0, or -1 when the connection is gone.
 */
int conn_push(struct worker *w, struct conn *c);

/* Enters a state, with a deadline of its own. */
void conn_step(struct worker *w, struct conn *c, enum conn_state state,
    int64_t now);

/* Whether its present request is the last one on this connection. */
bool conn_is_last(const struct plan *p, const struct conn *c);

/* Counts the connection; where connecting is all, its success. */
void conn_connected(struct worker *w, struct conn *c);

/* Counts a correct response after so many ns. */
void conn_succeed(struct worker *w, int64_t took);

/* Counts an error and closes the connection; error is an errno or 0. */
void conn_fail(struct worker *w, struct conn *c, enum bench_error kind,
    int error);

/* The same, the kind being that of the errno. */
void conn_fail_errno(struct worker *w, struct conn *c, int error);

void conn_close(struct worker *w, struct conn *c);

#endif
