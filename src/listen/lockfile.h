/* SPDX-License-Identifier: ISC */
/*
 * The lock file beside a path: PATH.lock, of mode 0600, locked with flock(2).
 * That lock needs no more than an open file, so the file is one that nobody
 * else can open.
 */
#ifndef TINED_MAIN_LOCKFILE_H
#define TINED_MAIN_LOCKFILE_H

#include "listen/place.h"

enum lockfile_result {
	LOCKFILE_TAKEN,
	LOCKFILE_HELD,    /* another process has it */
	LOCKFILE_STRANGE, /* there is something that is no regular file */
	LOCKFILE_FOREIGN, /* another user has put something there */
	LOCKFILE_FAILED   /* errno says why */
};

struct lockfile {
	int fd;         /* CLOEXEC; -1: not taken */
	bool was_there; /* it was not created now: left by one that died */
	uid_t owner;    /* of one that is held, or another user's */
};

/* Takes that of p, creating it where it is missing. */
enum lockfile_result lockfile_take(const struct place *p, struct lockfile *l);

/* Lets it go, and removes it, if it is an empty file of ours.  Not taken:
 * nothing happens. */
void lockfile_release(const struct place *p, struct lockfile *l);

#endif
