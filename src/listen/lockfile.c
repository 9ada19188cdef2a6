/* SPDX-License-Identifier: ISC */
/*
 * Lock files.  Only its holder removes one; a process that had opened it
 * before finds, once it has the lock, that the name is no longer that file,
 * and tries again.  So there is never more than one holder.
 */
#include "config.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "base/io.h"
#include "listen/lockfile.h"

#define LOCK_SUFFIX ".lock"
#define LOCK_TRIES  100 /* the file may vanish meanwhile */

/* The lock file of p; name is storage for its name. */
static struct place
beside(const struct place *p, char name[static NAME_MAX + 1])
{
	struct place lock = { p->dir, name };

	if (snprintf(name, NAME_MAX + 1, "%s" LOCK_SUFFIX, p->name) > NAME_MAX)
		name[0] = '\0'; /* does not name a file */
	return lock;
}

/* After an error: whether the file there is another user's.  errno is kept. */
static enum lockfile_result
who_else(const struct place *lock, struct lockfile *l,
    enum lockfile_result result)
{
	const int saved = errno;
	struct stat st;

	if (fstatat(lock->dir, lock->name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    !place_is_ours(lock, st.st_uid)) {
		l->owner = st.st_uid;
		result = LOCKFILE_FOREIGN;
	}
	errno = saved;
	return result;
}

/* Opens or creates it.  Opening must not block on a FIFO or a terminal. */
static enum lockfile_result
open_it(const struct place *lock, struct lockfile *l)
{
	const int flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK |
	    O_NOCTTY;

	l->was_there = true;
	l->fd = openat(lock->dir, lock->name, flags);
	if (l->fd != -1)
		return LOCKFILE_TAKEN;
	if (errno == EISDIR || errno == ENXIO || errno == ELOOP)
		return who_else(lock, l, LOCKFILE_STRANGE);
	if (errno != ENOENT || lock->name[0] == '\0')
		return who_else(lock, l, LOCKFILE_FAILED);
	l->was_there = false;
	l->fd = openat(lock->dir, lock->name, flags | O_CREAT | O_EXCL, 0600);
	return l->fd != -1 ? LOCKFILE_TAKEN : LOCKFILE_FAILED;
}

/* Locks it; LOCKFILE_FAILED with ESTALE if it was removed before that. */
static enum lockfile_result
lock_it(const struct place *lock, struct lockfile *l)
{
	struct stat st;

	if (fstat(l->fd, &st) == -1)
		return LOCKFILE_FAILED;
	l->owner = st.st_uid;
	if (!S_ISREG(st.st_mode))
		return who_else(lock, l, LOCKFILE_STRANGE);
	if (!place_trusts(lock, &st))
		return LOCKFILE_FOREIGN;
	if (flock(l->fd, LOCK_EX | LOCK_NB) == -1)
		return errno == EWOULDBLOCK ? LOCKFILE_HELD : LOCKFILE_FAILED;
	if (place_has(lock, &st))
		return LOCKFILE_TAKEN;
	errno = ESTALE;
	return LOCKFILE_FAILED;
}

enum lockfile_result
lockfile_take(const struct place *p, struct lockfile *l)
{
	char name[NAME_MAX + 1];
	const struct place lock = beside(p, name);
	enum lockfile_result result;
	int tries;

	for (tries = 0; tries < LOCK_TRIES; tries++) {
		result = open_it(&lock, l);
		if (result == LOCKFILE_FAILED && errno == EEXIST)
			continue; /* created meanwhile */
		if (result == LOCKFILE_TAKEN)
			result = lock_it(&lock, l);
		if (result == LOCKFILE_TAKEN)
			return result;
		io_close(l->fd);
		l->fd = -1;
		if (result != LOCKFILE_FAILED || errno != ESTALE)
			return result;
	}
	return LOCKFILE_HELD;
}

void
lockfile_release(const struct place *p, struct lockfile *l)
{
	char name[NAME_MAX + 1];
	const struct place lock = beside(p, name);
	struct stat st;

	if (l->fd == -1)
		return;
	if (fstat(l->fd, &st) == 0 && st.st_size == 0 &&
	    st.st_uid == geteuid() && place_has(&lock, &st))
		(void)unlinkat(lock.dir, lock.name, 0);
	close(l->fd);
	l->fd = -1;
}
