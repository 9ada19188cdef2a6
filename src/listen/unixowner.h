/* SPDX-License-Identifier: ISC */
/*
 * Mode and owner of a Unix path.  They are read and changed through a descriptor
 * of the inode, whatever the path comes to name meanwhile.
 */
#ifndef TINED_LISTEN_UNIXOWNER_H
#define TINED_LISTEN_UNIXOWNER_H

#include <sys/stat.h>

#include "listen/listener.h"

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
