/*
 * The signals that main hears.  They are blocked but in the loop's epoll_pwait,
 * so nothing is interrupted, and what is taken is taken whole.  Those that mean
 * nothing to tined stay blocked: they may have been sent to every process of a
 * unit.
 */
#ifndef TINED_MAIN_SIGNALS_H
#define TINED_MAIN_SIGNALS_H

#include <sys/types.h>

#include <signal.h>

/* Default dispositions, everything blocked but the signals of a crash, main a
 * child subreaper; before the first fork. */
void signals_set(void);

/* The mask of epoll_pwait: what main hears, a crash, and a terminal's stop are
 * not in it. */
void signals_open(sigset_t *set);

/* How often sig (SIGHUP, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM) came since
 * it was last taken; SIGINT and SIGQUIT count as SIGTERM. */
int signals_seen(int sig);

/* As signals_seen, and begins anew. */
int signals_take(int sig);

/* Takes a SIGCHLD: the pid that has ended, 0 where there is none.  Of several
 * that end before it is taken only one is told. */
pid_t signals_child(void);

#endif
