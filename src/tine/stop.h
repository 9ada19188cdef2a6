/* SPDX-License-Identifier: ISC */
/*
 * ^C (and SIGTERM) as a wish to end with a summary; the second ends at once.
 * Both are blocked but in ppoll, so that none is missed.
 */
#ifndef TINED_CLIENT_STOP_H
#define TINED_CLIENT_STOP_H

#include <signal.h>
#include <stdbool.h>

/* Catches the signals from now on; before threads are started. */
void stop_catch(void);

bool stop_asked(void);

/* The signal mask for ppoll. */
const sigset_t *stop_mask(void);

#endif
