/* SPDX-License-Identifier: ISC */
/*
 * Unix listeners: paths, with a lock file, and abstract names.
 */
#ifndef TINED_LISTEN_UNIXPATH_H
#define TINED_LISTEN_UNIXPATH_H

#include <sys/stat.h>

#include "listen/listener.h"

/*
 * Opens l->path, one attempt: sets fd, place and made.  0; or -1 with err (busy:
 * another process has the path), and nothing is left behind.
 */
int unixpath_open(struct listener *l, const struct service_conf *sc,
    struct failure *err);

/* Removes path and lock file if they are still the listener's; unlocks. */
void unixpath_remove(struct listener *l);

/* unixowner.c */

/* The owner that the service configures.  0, or -1 with errno EINVAL: unknown
 * user or group. */
int unixowner_find(const struct service_conf *sc, uid_t *uid, gid_t *gid);

/*
 * Just after bind: opens the inode that l->fd is bound to.  The kernel identifies
 * it where main has CAP_NET_ADMIN; else it must be new and of main's user, which
 * is enough where main cannot give it to another user anyway.  An O_PATH
 * descriptor, or -1 with errno.
 */
int unixowner_hold_new(const struct listener *l, struct stat *st);

/* Changes the owner, unless st says that it is right.  0, or -1 with errno. */
int unixowner_change(int fd, const struct stat *st, uid_t uid, gid_t gid);

/* Gives an open path the service's mode and owner.  0, or -1 with errno;
 * ESTALE when the path is another file now. */
int unixowner_apply(const struct listener *l, const struct service_conf *sc);

#endif
