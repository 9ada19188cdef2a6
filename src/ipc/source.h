/* SPDX-License-Identifier: ISC */
/*
 * The sources of a section: a table from masked address to count.  It has one
 * writer; the other acceptors read it under a sequence count.
 */
#ifndef TINED_IPC_SOURCE_H
#define TINED_IPC_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/rate.h"
#include "ipc/scoreboard.h"

/* Adds a session of addr (masked).  Returns its count; 0 when there is no place
 * and nothing was added. */
uint32_t source_add(const struct scoreboard *b,
    const struct scoreboard_parts *d, const struct addr *addr);

/* Removes a session; an unknown source is ignored. */
void source_remove(const struct scoreboard *b, const struct scoreboard_parts *d,
    const struct addr *addr);

/* The sessions of addr over all sections. */
uint32_t source_count(const struct scoreboard *b, const struct addr *addr);

/*
 * The bucket of cps_per_source of a source, in the scoreboard's table of four-way
 * sets; where all four are in use, the one that is full first is replaced.
 */
_Atomic int64_t *source_bucket(const struct scoreboard *b,
    const struct addr *addr);

/* The microseconds until its bucket has a token, 0: it has.  None is taken. */
int64_t source_wait(const struct scoreboard *b, const struct addr *addr,
    const struct rate *rate, int64_t now_us);

/* Fills the bucket of a source again; whether it has one. */
bool source_forgive(const struct scoreboard *b, const struct addr *addr);

#endif
