/* SPDX-License-Identifier: ISC */
/*
 * The user and the groups that a service runs as, by number.
 */
#ifndef TINED_ACCEPTOR_IDS_H
#define TINED_ACCEPTOR_IDS_H

#include "ipc/settings.h"

/*
 * Takes the settings's groups, group and user, for good, and reads them back.
 * 0, or -1 with errno and *noun the call that failed (errno EPERM where it
 * seemed to work and did not).
 */
int ids_take(const struct settings *s, const char **noun);

/*
 * Tries to become root again, as user and as group; 0 when that fails as it
 * must, -1 with errno EPERM and *noun when it does not.  Asks nothing of a
 * service that is root, or keeps the capability to change its ids.
 */
int ids_prove(const struct settings *s, const char **noun);

#endif
