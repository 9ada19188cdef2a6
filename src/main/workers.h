/* SPDX-License-Identifier: ISC */
/*
 * The acceptor processes of the services: started, ready, restarted when they
 * die, drained, stopped.
 */
#ifndef TINED_MAIN_WORKERS_H
#define TINED_MAIN_WORKERS_H

#include "main/tined.h"

/* Starts as many as the generation's configuration asks for; next marks them
 * as those of a reload.  0, or -1 with the reason reported (worker_complain). */
int workers_start(struct tined *t, struct served *s, const struct generation *g,
    bool next);

/* Restarts those that died, kills those over their time, pings, and sends what
 * could not be sent before.  When to call again, or 0. */
int64_t workers_step(struct tined *t, struct served *s, int64_t now);

/* Kills those of a reload, or all. */
void workers_kill(struct served *s, bool all);

/* A reload's workers become the service's, and may accept; the others drain, once
 * the service has no tail. */
void workers_replace(struct served *s);

/* One was reaped: adopts its sessions; schedules its restart where needed. */
void worker_exit(struct tined *t, struct worker *w, int status);

/* Main ends: closes the control sockets of those that still run, which makes
 * them drain. */
void workers_forget(struct served *s);

/* NULL where pid is not an acceptor. */
struct worker *worker_find(struct tined *t, pid_t pid);

/* How many are in that state, of a reload under way (next) or else. */
unsigned int workers_count(const struct served *s, bool next,
    enum worker_state state);

/* How many listeners they have given up, over all workers. */
unsigned int workers_broken(const struct served *s);

#endif
