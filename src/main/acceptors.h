/*
 * Acceptors as main sees them: started, ready, restarted when they die,
 * drained.
 */
#ifndef TINED_MAIN_ACCEPTORS_H
#define TINED_MAIN_ACCEPTORS_H

#include "main/tined.h"

#define READY_MS 5000 /* an acceptor that is not ready by then never will be */

/* Opens the acceptor's executable: beside tined in the build tree, else in
 * LIBEXECDIR.  Its descriptor, or -1 with errno and *path. */
int acceptor_open(const char **path);

/* Starts as many as the generation's configuration asks for; next marks them
 * as those of a reload.  0, or -1 with a reason in the log. */
int acceptors_start(struct tined *t, struct served *s,
    const struct generation *g, bool next);

/* Starts again what has died, when its time has come. */
void acceptors_restart(struct tined *t, struct served *s, int64_t now);

/* Stops accepting; sessions live on (stop_ms -1), or until stop_ms is over. */
void acceptors_drain(struct served *s, int stop_ms, bool all);

/* One was reaped: adopts its sessions, schedules another where it is missed. */
void acceptor_exit(struct tined *t, struct acceptor *a, int status);

/* Main ends: those that still run are left to themselves, and drain. */
void acceptors_forget(struct served *s);

struct acceptor *acceptor_find(struct tined *t, pid_t pid);

/* How many of a generation are ready. */
unsigned int acceptors_ready(const struct served *s, bool next);

/* Whoever waits for a slot is woken. */
void acceptors_wake(struct served *s);

#endif
