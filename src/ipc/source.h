/* SPDX-License-Identifier: ISC */
/*
 * The sources of a section: a table from masked address to count.  It has one
 * writer; the other acceptors read it under a sequence count.
 */
#ifndef TINED_IPC_SOURCE_H
#define TINED_IPC_SOURCE_H

#include <stdint.h>

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

#endif
