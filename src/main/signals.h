/*
 * The signals that main hears.  All are blocked but in the loop's ppoll, so
 * nobody is interrupted, and what is taken is taken whole.
 */
#ifndef TINED_MAIN_SIGNALS_H
#define TINED_MAIN_SIGNALS_H

#include <signal.h>

/* Default dispositions, everything blocked, main a child subreaper; before the
 * first fork. */
void signals_set(void);

/* What ppoll opens: everything but SIGPIPE, which no write of main needs. */
void signals_open(sigset_t *set);

/* How often sig (SIGCHLD, SIGHUP, SIGTERM, SIGUSR1) came since it was last
 * taken; SIGINT counts as SIGTERM. */
int signals_seen(int sig);

/* As signals_seen, and begins anew. */
int signals_take(int sig);

#endif
