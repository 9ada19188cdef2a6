/* SPDX-License-Identifier: ISC */
/*
 * Unix listeners: paths, with a lock file, and abstract names.
 */
#ifndef TINED_LISTEN_UNIXPATH_H
#define TINED_LISTEN_UNIXPATH_H

#include "listen/listener.h"

enum unixpath_result {
	UNIXPATH_OPEN,
	UNIXPATH_BUSY, /* another process has it; another attempt may succeed */
	UNIXPATH_FAILED /* another attempt would fail */
};

/*
 * Opens l->path, one attempt: sets fd, place, lock, dev and ino.  On failure
 * err is set and nothing is left behind.
 */
enum unixpath_result unixpath_open(struct listener *l,
    const struct service_conf *sc, struct listener_error *err);

/* Removes path and lock file if they are still the listener's; unlocks. */
void unixpath_remove(struct listener *l);

#endif
