/* SPDX-License-Identifier: ISC */
/*
 * The lock file of a path: PATH.lock, mode 0600, flock(2).  To lock a file it
 * is enough to open it, so no other user may open this one.
 */
#ifndef TINED_LISTEN_LOCKFILE_H
#define TINED_LISTEN_LOCKFILE_H

#include "listen/place.h"

enum lockfile_result {
	LOCKFILE_TAKEN,
	LOCKFILE_HELD,    /* another process holds it */
	LOCKFILE_STRANGE, /* not a regular file */
	LOCKFILE_FOREIGN, /* another user's file */
	LOCKFILE_FAILED   /* see errno */
};

struct lockfile {
	int fd;         /* CLOEXEC; -1: not taken */
	bool was_there; /* left by a process that died */
	uid_t owner;    /* of a file that exists */
};

/* Locks that of p, creating it if necessary. */
enum lockfile_result lockfile_take(const struct place *p, struct lockfile *l);

/* Unlocks it, and removes it if it is an empty file of this user.  Does
 * nothing if it is not taken. */
void lockfile_release(const struct place *p, struct lockfile *l);

#endif
