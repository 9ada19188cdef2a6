/* SPDX-License-Identifier: ISC */
/*
 * The logger as main sees it: started, given pipes and settings, restarted when
 * it dies, stopped last.
 */
#ifndef TINED_MAIN_LOGPROC_H
#define TINED_MAIN_LOGPROC_H

#include "main/tined.h"

/* Makes main's own pipe and starts the first logger, which main logs to from now
 * on.  0, or -1 with errno. */
int logproc_start(struct tined *t);

/* Sends it the settings and all services again, when a reload is put in force. */
void logproc_settings(struct tined *t);

/* It was stopped, by SIGSTOP for example: if it stays so it is killed.  (One that
 * only does not answer may wait for the reader of the log.) */
void logproc_stopped(struct tined *t);

/* It was reaped: another one is started after a while. */
void logproc_exit(struct tined *t);

/* Restarts it, kills it where it stays stopped, and sends what its socket had no
 * room for, which is soon full with many services.  When to call again, or 0. */
int64_t logproc_step(struct tined *t, int64_t now);

/* Lets it write what it has and waits for its end, 1 s at most. */
void logproc_stop(struct tined *t);

#endif
