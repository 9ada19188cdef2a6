/* SPDX-License-Identifier: ISC */
/*
 * Idle connections, held by as many processes as the limit of open files
 * requires.  Each opens its share, sends a request on every connection, so
 * that the server is known to serve it, reports, holds them, and when its pipe
 * closes reports how many were lost.
 */
#ifndef TINED_BENCH_IDLE_H
#define TINED_BENCH_IDLE_H

#include "tine/bench/result.h"

struct idle;

/* Opens them and counts them in r; NULL after a message. */
struct idle *idle_open(const struct plan *p, struct result *r);

/* Closes them, counting those that were lost meanwhile, and frees h. */
void idle_close(struct idle *h, struct result *r);

#endif
