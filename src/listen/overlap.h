/*
 * Whether two listeners would stand in each other's way.
 */
#ifndef TINED_MAIN_OVERLAP_H
#define TINED_MAIN_OVERLAP_H

#include <stdbool.h>

#include "listen/listener.h"

/*
 * Whether a connection could be meant for both IP addresses.  An every-address
 * [::] takes IPv4 as well unless v6only.  Port 0 is any free port, so it
 * overlaps nothing.
 */
bool overlap_addr(const struct addr *a, bool a_v6only, const struct addr *b,
    bool b_v6only);

/* Whether it is every address, 0.0.0.0 or [::]. */
bool overlap_is_any(const struct addr *a);

/* Whether every connection that is meant for b would be one for a as well, an
 * every-address. */
bool overlap_covers(const struct addr *a, bool a_v6only, const struct addr *b,
    bool b_v6only);

/* overlap_addr of two listeners as bound, of whatever kind. */
bool overlap_listener(const struct listener *a, const struct listener *b);

#endif
