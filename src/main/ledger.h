/*
 * The ledger: where a service's adopted sessions are counted, in one section of
 * the board that main alone writes, whatever section they came from.
 */
#ifndef TINED_MAIN_LEDGER_H
#define TINED_MAIN_LEDGER_H

#include "main/orphans.h"
#include "main/served.h"

/* Makes room for n sessions more.  0, or -1 with errno: what then finds no room
 * counts in instances, not in per_source. */
int ledger_make_room(struct served *s, size_t n);

/* Counts one, or no longer. */
void ledger_add(struct served *s, const struct orphan *o);
void ledger_remove(struct served *s, const struct orphan *o);

/*
 * Counts sources by the prefixes of the configuration in force: all of them
 * anew, where these were others.  0, or -1 with errno; then by the others still.
 */
int ledger_follow(struct served *s);

/* Writes it again as main knows it: a session that has killed its acceptor may
 * have scribbled over that, too. */
void ledger_renew(struct served *s);

#endif
