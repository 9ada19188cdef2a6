/* SPDX-License-Identifier: ISC */
/*
 * What bench_conn.c, which opens connections and sends on them, and
 * bench_answer.c, which takes what comes back, need of each other.
 */
#ifndef TINED_CLIENT_BENCH_CONN_H
#define TINED_CLIENT_BENCH_CONN_H

#include "tine/bench/bench.h"

/* Counts an error and closes the connection; error is an errno or 0. */
void conn_fail(struct worker *w, struct conn *c, enum bench_error kind,
    int error);
/* The same, with the kind that the errno stands for. */
void conn_fail_errno(struct worker *w, struct conn *c, int error);

/* A new step begins, with a deadline of its own. */
void conn_step(struct worker *w, struct conn *c, enum conn_state state,
    int64_t now);

/* Whether its present request is the last one on this connection. */
bool conn_is_last(const struct plan *p, const struct conn *c);

/* Counts an answer that is whole and right. */
void conn_succeed(struct worker *w, int64_t took);

/* Counts the connection, which may be all that was wanted of it. */
void conn_connected(struct worker *w, struct conn *c);

/*
 * Sends what is left of the request.  The first success of it says that the
 * connection is made.  0, or -1 when the connection is gone.
 */
int conn_push(struct worker *w, struct conn *c);

#endif
