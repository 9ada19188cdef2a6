/* SPDX-License-Identifier: ISC */
/*
 * Interrupt handling: the first SIGINT or SIGTERM asks a command to end with a
 * summary, the second ends the program.  Both are blocked except in ppoll, so
 * that none is missed.
 */
#ifndef TINED_TINE_INTERRUPT_H
#define TINED_TINE_INTERRUPT_H

#include <signal.h>
#include <stdbool.h>

/* Catches the signals from now on; to be called before threads start. */
void interrupt_catch(void);

/* Whether a signal has come. */
bool interrupted(void);

/* The signal mask for ppoll. */
const sigset_t *interrupt_mask(void);

#endif
