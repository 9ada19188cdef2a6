/* SPDX-License-Identifier: ISC */
/*
 * Control messages between main and its acceptors (ipc/control.h).  One that its
 * socket has no room for is sent again later: the acceptor may be stopped.
 */
#ifndef TINED_MAIN_WORKER_CONTROL_H
#define TINED_MAIN_WORKER_CONTROL_H

#include "main/tined.h"

#define READY_MS                                                               \
	5000 /* until an acceptor must be ready, or have closed its
			 listeners, or ended; else it is killed */

/* The callback of a worker's control socket: handles its messages. */
void worker_control_ready(struct watch *watch);

/* Reports that one does not start, and why: as the failure of main's start, of the
 * reload (next), or in the log, one line a second for a service. */
void worker_complain(struct tined *t, bool next, struct served *s,
    const char *what, const char *why);

/* Wakes those that wait for a slot. */
void worker_control_wake(struct served *s);

/* Tells all to stop accepting, and to end their sessions in ms. */
void worker_control_stop(struct served *s, int ms);

/* Sends CONTROL_ACCEPT and CONTROL_DRAIN where due.  When to call again, or 0. */
int64_t worker_control_tell(struct served *s, int64_t now);

/* No acceptor of s accepts from now on, for ms or (0) until it is called again.
 * Clients wait in the backlog. */
void worker_control_pause(struct tined *t, struct served *s, bool paused,
    int64_t ms);

/* Ends a pause whose time is over; when to call again, or 0. */
int64_t worker_control_resume(struct tined *t, struct served *s, int64_t now);

#endif
