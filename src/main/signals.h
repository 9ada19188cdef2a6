/* SPDX-License-Identifier: ISC */
/*
 * Main's signals.  They are blocked except in the loop's epoll_pwait, so no other
 * call is interrupted.  Those without a meaning to tined stay blocked: they may
 * have been sent to every process of a unit.
 */
#ifndef TINED_MAIN_SIGNALS_H
#define TINED_MAIN_SIGNALS_H

#include <sys/types.h>

#include <signal.h>

/* Sets default dispositions and handlers, blocks all but the signals of a crash,
 * and makes main a child subreaper.  Call before the first fork. */
void signals_set(void);

/* The mask for epoll_pwait: without main's signals, those of a crash and those of
 * job control. */
void signals_open(sigset_t *set);

/* How often sig (SIGHUP, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM) came since
 * it was last taken; SIGINT and SIGQUIT count as SIGTERM. */
int signals_seen(int sig);

/* As signals_seen, and begins anew. */
int signals_take(int sig);

/* Takes a SIGCHLD: the pid that has ended, 0 where there is none.  One signal may
 * report several ends. */
pid_t signals_child(void);

#endif
