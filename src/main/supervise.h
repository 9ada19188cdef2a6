/*
 * Main's loop: signals, control sockets, timers; one epoll_pwait, which alone opens
 * the signals.
 */
#ifndef TINED_MAIN_SUPERVISE_H
#define TINED_MAIN_SUPERVISE_H

#include "main/tined.h"

/*
 * Waits until every acceptor of the first generation is ready.  0, or the
 * exit code with a line in text (CONTROL_TEXT_MAX and a service's name).
 */
int supervise_start(struct tined *t, char *text, size_t size);

/* Runs until stopped and everything has ended. */
void supervise_run(struct tined *t);

#endif
