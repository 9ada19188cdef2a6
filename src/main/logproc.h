/*
 * The logger as main sees it: started, fed with pipes and settings, restarted
 * when it dies, stopped last.
 */
#ifndef TINED_MAIN_LOGPROC_H
#define TINED_MAIN_LOGPROC_H

#include "main/tined.h"

/* Makes main's own pipe and starts the first logger; from now on the log is
 * the logger's.  0, or -1 with errno. */
int logproc_start(struct tined *t);

/* Where the log goes; never auto. */
enum log_target logproc_target(const struct tined *t);

/* Tells it of a service and its listeners; after a reload again. */
void logproc_serve(struct tined *t, struct served *s);

/* Tells it what it had no room for when it was first said; when to come again,
 * or 0.  With many services its socket is soon full. */
int64_t logproc_tell(struct tined *t, int64_t now);

/* New settings, after a reload. */
void logproc_settings(struct tined *t);

/*
 * It has been stopped, by SIGSTOP for example: should it stay so it is killed.
 * (That it does not answer would say nothing: it waits for whoever reads the
 * log.)  When to look at it again, or 0.
 */
void logproc_stopped(struct tined *t);
int64_t logproc_look(struct tined *t, int64_t now);

/* It was reaped: another one is started after a while. */
void logproc_exit(struct tined *t, int status);
void logproc_restart(struct tined *t, int64_t now);

/* Lets it write what it has and waits for its end, 1 s at most. */
void logproc_stop(struct tined *t);

#endif
