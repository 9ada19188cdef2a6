/* SPDX-License-Identifier: ISC */
/*
 * Unix listeners: paths, with a lock file, and abstract names.
 */
#ifndef TINED_LISTEN_UNIXPATH_H
#define TINED_LISTEN_UNIXPATH_H

#include "listen/listener.h"

/*
 * Opens l->path, one attempt: sets fd, place and made.  0; or -1 with err (busy:
 * another process has the path), and nothing is left behind.
 */
int unixpath_open(struct listener *l, const struct service_conf *sc,
    struct listener_error *err);

/* Removes path and lock file if they are still the listener's; unlocks. */
void unixpath_remove(struct listener *l);

#endif
