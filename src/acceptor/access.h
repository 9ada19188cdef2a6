/*
 * Who may enter: only_from and no_access, decided before anything is forked.
 */
#ifndef TINED_ACCEPTOR_ACCESS_H
#define TINED_ACCEPTOR_ACCESS_H

#include <stdbool.h>

#include "ipc/settings.h"

/*
 * Whether peer may enter.  The rules are sorted by main (the most specific
 * first, no_access before only_from), so the first one that holds decides.
 * Unix peers have no address: no rule concerns them.
 */
bool access_allows(const struct settings *s, const struct addr *peer);

#endif
