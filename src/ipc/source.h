/*
 * The sources of a desk: a table of masked address to count, open addressing
 * with backward shift, O(1), no allocation.  One writer; the other acceptors
 * read it under a sequence count.
 */
#ifndef TINED_BASE_SOURCE_H
#define TINED_BASE_SOURCE_H

#include <stdint.h>

#include "ipc/scoreboard.h"

/* Adds one session of addr (masked).  Its count now; 0 when there is no
 * place (then nothing was added). */
uint32_t source_add(const struct scoreboard *b, const struct scoreboard_desk *d,
    const struct addr *addr);

/* Takes one session away; of an unknown source nothing happens. */
void source_remove(const struct scoreboard *b, const struct scoreboard_desk *d,
    const struct addr *addr);

/* Sessions of addr over all desks that count. */
uint32_t source_count(const struct scoreboard *b, const struct addr *addr);

#endif
