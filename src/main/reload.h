/*
 * Reload: a new configuration, all or nothing up to the listeners; then each
 * changed service gets new acceptors on its sockets before the old ones stop
 * accepting.  No connection is refused or cut.
 */
#ifndef TINED_MAIN_RELOAD_H
#define TINED_MAIN_RELOAD_H

#include "main/tined.h"

/*
 * SIGHUP.  The file is read at once; then its names are looked up by a process
 * of their own, for LOOKUP_MS at most, while main's loop goes on.
 */
void reload_begin(struct tined *t);

/* Main stops: what has not come into force yet never will. */
void reload_abandon(struct tined *t);

/* Goes on when the names are known.  Puts generations that are ready in the
 * place of the old ones and gives up what is not ready in time; the next
 * clock_ms to look, or 0. */
int64_t reload_step(struct tined *t, int64_t now);

/* Frees services and configurations that nobody uses any more. */
void reload_sweep(struct tined *t);

#endif
