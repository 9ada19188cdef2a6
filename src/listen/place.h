/* SPDX-License-Identifier: ISC */
/*
 * A path whose directory is held open: operations on its last component stay
 * in that directory, even if its path comes to name another one.
 *
 * A process owns the path if it has locked the file beside it: PATH.lock, mode
 * 0600, flock(2).  To lock a file it is enough to open it, so no other user may
 * open this one.
 */
#ifndef TINED_LISTEN_PLACE_H
#define TINED_LISTEN_PLACE_H

#include <sys/stat.h>
#include <sys/types.h>

#include <stdbool.h>

enum place_result {
	PLACE_LOCKED,
	PLACE_HELD,    /* another process has locked it */
	PLACE_STRANGE, /* the lock file is not a regular file */
	PLACE_FOREIGN, /* it is another user's file */
	PLACE_FAILED   /* see errno */
};

struct place {
	int dir;          /* -1: none */
	const char *name; /* the end of the path that it was opened with */
	int lock;         /* the lock file, CLOEXEC; -1: not locked */
	bool was_there;   /* it was left by a process that died */
	uid_t owner;      /* of a lock file that exists */
};

/* Opens the directory.  0, or -1 with errno. */
int place_open(struct place *p, const char *path);

/* Locks it, creating the lock file if necessary. */
enum place_result place_lock(struct place *p);

/* Closes the directory, where it is open.  Unlocks, and removes the lock file if
 * it is an empty file of this user. */
void place_close(struct place *p);

/* Opens the file there for reading and writing, without following a symbolic
 * link or waiting; creates it if it is missing (*was_there: it was not).  A
 * descriptor, CLOEXEC, or -1 with errno. */
int place_create(const struct place *p, mode_t mode, bool *was_there);

/* Whether that is the file there now (no symbolic link is followed). */
bool place_has(const struct place *p, const struct stat *st);

/* Whether a file there may be tined's own: of main's user, or of the owner of the
 * directory, who can put anything there, and without another name, so that it is
 * not a file from elsewhere. */
bool place_trusts(const struct place *p, const struct stat *st);

#endif
