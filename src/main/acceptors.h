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

/* All stop accepting, and end their sessions when ms are over. */
void acceptors_stop(struct served *s, int ms);

/* The next generation's are the service's now, and may accept; the others
 * drain, from drain_at on. */
void acceptors_replace(struct served *s, int64_t drain_at);

/* Those that would drain later do so now. */
void acceptors_hurry(struct served *s, int64_t now);

/* Sends what is due and could not be sent.  When there is more, or 0. */
int64_t acceptors_tell(struct served *s, int64_t now);

/* One was reaped: adopts its sessions, schedules another where it is missed. */
void acceptor_exit(struct tined *t, struct acceptor *a, int status);

/* Main ends: those that still run are left to themselves, and drain. */
void acceptors_forget(struct served *s);

struct acceptor *acceptor_find(struct tined *t, pid_t pid);

/* How many of a generation are ready. */
unsigned int acceptors_ready(const struct served *s, bool next);

/* How many listeners its acceptors have given up, each of them counted. */
unsigned int acceptors_broken(const struct served *s);

/* Whoever waits for a slot is woken. */
void acceptors_wake(struct served *s);

#endif
