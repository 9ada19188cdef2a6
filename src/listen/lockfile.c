/* SPDX-License-Identifier: ISC */
/*
 * Lock files.  One is removed by its holder alone; a process that had opened it
 * before finds, when it gets the lock, that it is no longer the file of that
 * name, and begins anew.  So there is never more than one holder.
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
#define LOCK_TRIES  100 /* as often as the file may vanish meanwhile */

/* p's lock file; name is its name's memory. */
static struct place
beside(const struct place *p, char name[static NAME_MAX + 1])
{
	struct place lock = { p->dir, name };

	if (snprintf(name, NAME_MAX + 1, "%s" LOCK_SUFFIX, p->name) > NAME_MAX)
		name[0] = '\0'; /* which is the name of nothing */
	return lock;
}

/* Why there is something that cannot be opened, or be a lock: another user may
 * have put it there.  errno is kept. */
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

/* Opens it, creating it where it is missing.  Whatever is there must not
 * block: a FIFO, a terminal. */
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

/* Locks what is open; LOCKFILE_FAILED with ESTALE when it was removed before
 * it was locked and is no lock any more. */
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
			continue; /* somebody else has just created it */
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
