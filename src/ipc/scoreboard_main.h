/* SPDX-License-Identifier: ISC */
/*
 * The scoreboard in main, which makes and frees sections, and keeps the counters
 * of those that have gone.  Of the scoreboard itself main reads counters only.
 *
 * A call that takes something may grow the scoreboard and move it in main's
 * memory.
 */
#ifndef TINED_IPC_SCOREBOARD_MAIN_H
#define TINED_IPC_SCOREBOARD_MAIN_H

#include "ipc/scoreboard.h"

/* Makes a scoreboard.  NULL with errno.  scoreboard_free closes its descriptor. */
struct scoreboard *scoreboard_new(const char *name);

int scoreboard_fd(const struct scoreboard *b);

/* Makes a zeroed section for an acceptor of that many instances and adds it to
 * the index.  0, or -1 with errno (ENOSPC: no room, or no entry left); then p may
 * be released. */
int scoreboard_take(struct scoreboard *b, uint32_t instances,
    struct scoreboard_place *p);

/* Frees the section, or what is left of it. */
void scoreboard_release(struct scoreboard *b, struct scoreboard_place *p);

/* The acceptor has gone: removes the section from the index, keeps its counters,
 * and frees all but its slots. */
void scoreboard_retire(struct scoreboard *b, struct scoreboard_place *p);

/* Frees p->pages[n] of a retired section, in which no slot is used any more. */
void scoreboard_drop_slots(struct scoreboard *b, struct scoreboard_place *p,
    uint32_t n);

/* Whether p->pages[n] was ever written to: reading a page that was not takes
 * memory. */
bool scoreboard_has_slots(const struct scoreboard *b,
    const struct scoreboard_place *p, uint32_t n);

/* The ledger: the section of main, without slots, entry 0 of the index. */
const struct scoreboard_place *scoreboard_ledger(const struct scoreboard *b);

/*
 * An empty section without slots, with that many places for sources, which is not
 * in the index yet.  0, or -1 with errno.  scoreboard_use_ledger then replaces the
 * ledger by it.
 */
int scoreboard_take_ledger(struct scoreboard *b, uint32_t nsources,
    struct scoreboard_place *p);
void scoreboard_use_ledger(struct scoreboard *b,
    const struct scoreboard_place *p);

/* The length in pages, the most memory that it can take, is announced when all
 * acceptors have been sent it (scoreboard_grown). */
void scoreboard_announce(struct scoreboard *b);

/* The counters of sections that have gone; main adds to them. */
struct scoreboard_counters *scoreboard_gone(struct scoreboard *b);

/* The most sessions of the service that sections which have gone have seen. */
uint32_t scoreboard_peak(const struct scoreboard *b);

/* The totals over all sections, those that have gone included. */
void scoreboard_sum(const struct scoreboard *b, struct scoreboard_counters *n);

/* How many bytes of memory it takes now. */
uint64_t scoreboard_memory(const struct scoreboard *b);

/* Whether the service has cps_per_source, else its buckets are unused memory. */
void scoreboard_use_buckets(struct scoreboard *b, bool use);

/*
 * Frees memory that no section uses, one hole at a time: how long that takes
 * grows with the number of processes that have the scoreboard mapped.  Whether
 * there may be more to free.
 */
bool scoreboard_trim(struct scoreboard *b);

#endif
