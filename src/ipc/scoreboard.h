/* SPDX-License-Identifier: ISC */
/*
 * The scoreboard of a service, shared by main and its acceptors.
 *
 * A memfd for each service, mode 0600, sealed against shrinking, as long as its
 * sections are.  Main alone has its descriptor and grows it; acceptors close it
 * once it is mapped.  Unused pages take no memory.
 *
 * A section belongs to one acceptor, its only writer: its counters, its sources
 * (how many sessions each source has), and slots, one for each session.  An index
 * in the head lists the sections that count: acceptors sum over them.  When an
 * acceptor has gone, main counts its sessions in a section of its own, the ledger,
 * and keeps only the pages of slots that sessions still write to.
 *
 * The sections of others and the index are untrusted: a confined process can
 * write anything there.  Counts are bounded when read; a section that the index
 * lists must lie within the length that main has sent; main uses its own record
 * of where everything is.  A pid is not signalled because it is written here.
 */
#ifndef TINED_IPC_SCOREBOARD_H
#define TINED_IPC_SCOREBOARD_H

#include <stdbool.h>
#include <stdint.h>

#include "ipc/scoreboard_layout.h"

/* Maps the scoreboard on fd (borrowed) for an acceptor whose section is at own.
 * NULL with errno; EINVAL when fd is not a scoreboard. */
struct scoreboard *scoreboard_map(int fd, const struct scoreboard_place *own);
void scoreboard_free(struct scoreboard *b);

/* How many slots, and places for sources, an acceptor of that many instances
 * needs. */
uint32_t scoreboard_nslots(uint32_t instances);
uint32_t scoreboard_nsources(uint32_t instances);

/* How many pages they take. */
uint32_t scoreboard_slots_pages(uint32_t nslots);
uint32_t scoreboard_section_pages(uint32_t nsources);

/* What is at a place. */
struct scoreboard_parts scoreboard_parts(const struct scoreboard *b,
    const struct scoreboard_place *p);
struct scoreboard_slot *scoreboard_slot(const struct scoreboard *b,
    const struct scoreboard_place *p, uint32_t slot);

/* The buckets of cps_per_source, SCOREBOARD_BUCKETS of them. */
struct scoreboard_bucket *scoreboard_buckets(const struct scoreboard *b);

/*
 * The sections in the index but for the acceptor's own: the next one from entry *at
 * on.  False when there is none.
 */
bool scoreboard_next(const struct scoreboard *b, uint32_t *at,
    struct scoreboard_parts *d);

/* Sessions, and processes that programs have left, over all sections; each count
 * is bounded. */
uint32_t scoreboard_sessions(const struct scoreboard *b);
uint32_t scoreboard_leftovers(const struct scoreboard *b);

/*
 * An acceptor reads nothing beyond the length that it knows.  Main sends a new
 * one on the control socket before it is used: whether there is such a message
 * to read, by the head.
 */
bool scoreboard_outgrown(const struct scoreboard *b);
void scoreboard_grown(struct scoreboard *b, uint32_t npages);

#endif
