/*
 * Unix listeners: paths that are taken under a lock file, and abstract names.
 */
#ifndef TINED_LISTEN_UNIXPATH_H
#define TINED_LISTEN_UNIXPATH_H

#include "listen/listener.h"

enum unixpath_result {
	UNIXPATH_OPEN,
	UNIXPATH_BUSY,  /* another process has it; may be worth another try */
	UNIXPATH_FAILED /* more of the same would not help */
};

/*
 * Takes l->path, one attempt: sets fd, place, lock, dev and ino.  Anything but
 * UNIXPATH_OPEN comes with err and leaves nothing behind.
 */
enum unixpath_result unixpath_open(struct listener *l,
    const struct service_conf *sc, struct listener_error *err);

/* Removes path and lock file where they are still ours; closes the lock. */
void unixpath_remove(struct listener *l);

#endif
