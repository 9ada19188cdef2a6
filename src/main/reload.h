/* SPDX-License-Identifier: ISC */
/*
 * Reload: a new configuration, all or nothing up to the listeners; then each
 * changed service gets new acceptors on its sockets before the old ones stop
 * accepting.  No connection is refused or cut.
 *
 * reload_begin reads the file (RELOAD_LOOKUP: a process looks its names up while
 * main's loop goes on), reload_step checks it, opens its listeners and puts it
 * in force (RELOAD_HANDOVER: acceptors take over), and ends with a verdict.
 */
#ifndef TINED_MAIN_RELOAD_H
#define TINED_MAIN_RELOAD_H

#include "main/tined.h"

/* Begins one, or has one begun when the running one is over. */
void reload_begin(struct tined *t);

/* Main stops: what is not in force yet never will be. */
void reload_abandon(struct tined *t);

/* Goes on with it; the next clock_ms to call, or 0. */
int64_t reload_step(struct tined *t, int64_t now);

/* Frees services and configurations that are no longer used. */
void reload_sweep(struct tined *t);

#endif
