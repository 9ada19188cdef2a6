/* SPDX-License-Identifier: ISC */
/*
 * Main's loop: signals, sockets, timers, in one epoll_pwait; and the stop, after
 * which it ends: listeners close, sessions have drain_timeout, then they get
 * TERM, then KILL.
 */
#ifndef TINED_MAIN_SUPERVISE_H
#define TINED_MAIN_SUPERVISE_H

#include "main/tined.h"

/* Waits until every acceptor of the first generation is ready.  0, or -1 with
 * t->failure. */
int supervise_start(struct tined *t);

/* Runs until main was stopped and everything has ended. */
void supervise_run(struct tined *t);

#endif
