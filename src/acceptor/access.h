/* SPDX-License-Identifier: ISC */
/*
 * The access rules, only_from and no_access, checked before a fork.
 */
#ifndef TINED_ACCEPTOR_ACCESS_H
#define TINED_ACCEPTOR_ACCESS_H

#include <stdbool.h>

#include "ipc/settings.h"

/*
 * Whether peer has access.  Main has sorted the rules (the most specific
 * first, no_access before only_from): the first one that matches decides.
 * Unix peers have no address and always have access.
 */
bool access_allows(const struct settings *s, const struct addr *peer);

#endif
