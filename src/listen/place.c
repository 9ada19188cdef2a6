/* SPDX-License-Identifier: ISC */
/*
 * Only the holder of a lock file removes it; a process that had opened it before
 * finds, once it has the lock, that the name is no longer that file, and tries
 * again.  So there is never more than one holder.
 */
#include "config.h"

#include <sys/file.h>

#include <bsd/string.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "listen/place.h"

#define LOCK_SUFFIX ".lock"
#define TRIES       100 /* a file may be created or removed meanwhile */

int
place_open(struct place *p, const char *path)
{
	const char *slash = strrchr(path, '/');
	char dir[PATH_MAX];
	size_t len;

	p->dir = p->lock = -1;
	p->name = slash == NULL ? path : slash + 1;
	len = (size_t)(p->name - path);
	if (len >= sizeof(dir)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	strlcpy(dir, path, len + 1);
	p->dir = open(len == 0 ? "." : dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return p->dir == -1 ? -1 : 0;
}

int
place_create(const struct place *p, mode_t mode, bool *was_there)
{
	/* No opening blocks on a FIFO or a terminal. */
	const int flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK |
	    O_NOCTTY;
	int fd, tries;

	for (tries = 0; tries < TRIES; tries++) {
		*was_there = true;
		fd = openat(p->dir, p->name, flags);
		if (fd != -1 || errno != ENOENT)
			return fd;
		*was_there = false;
		fd = openat(p->dir, p->name, flags | O_CREAT | O_EXCL, mode);
		if (fd != -1 || errno != EEXIST)
			return fd;
	}
	return -1;
}

bool
place_has(const struct place *p, const struct stat *st)
{
	struct stat there;

	return fstatat(p->dir, p->name, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
	    there.st_dev == st->st_dev && there.st_ino == st->st_ino;
}

static bool
is_ours(const struct place *p, uid_t uid)
{
	struct stat dir;

	return uid == geteuid() ||
	    (fstat(p->dir, &dir) == 0 && uid == dir.st_uid);
}

bool
place_trusts(const struct place *p, const struct stat *st)
{
	return st->st_nlink <= 1 && is_ours(p, st->st_uid);
}

/* The lock file of p; name is storage for its name. */
static struct place
beside(const struct place *p, char name[static NAME_MAX + 1])
{
	struct place lock = { .dir = p->dir, .name = name };

	if (snprintf(name, NAME_MAX + 1, "%s" LOCK_SUFFIX, p->name) > NAME_MAX)
		name[0] = '\0'; /* does not name a file */
	return lock;
}

/* After an error: whether the file there is another user's.  errno is kept. */
static enum place_result
who_else(struct place *p, const struct place *lock, enum place_result result)
{
	const int saved = errno;
	struct stat st;

	if (fstatat(lock->dir, lock->name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    !is_ours(lock, st.st_uid)) {
		p->owner = st.st_uid;
		result = PLACE_FOREIGN;
	}
	errno = saved;
	return result;
}

/* One attempt; PLACE_FAILED with ESTALE if the file was removed before it was
 * locked. */
static enum place_result
try_lock(struct place *p, const struct place *lock)
{
	struct stat st;

	p->lock = place_create(lock, 0600, &p->was_there);
	if (p->lock == -1)
		return who_else(p, lock,
		    errno == EISDIR || errno == ENXIO || errno == ELOOP ?
			PLACE_STRANGE :
			PLACE_FAILED);
	if (fstat(p->lock, &st) == -1)
		return PLACE_FAILED;
	p->owner = st.st_uid;
	if (!S_ISREG(st.st_mode))
		return who_else(p, lock, PLACE_STRANGE);
	if (!place_trusts(lock, &st))
		return PLACE_FOREIGN;
	if (flock(p->lock, LOCK_EX | LOCK_NB) == -1)
		return errno == EWOULDBLOCK ? PLACE_HELD : PLACE_FAILED;
	if (place_has(lock, &st))
		return PLACE_LOCKED;
	errno = ESTALE;
	return PLACE_FAILED;
}

enum place_result
place_lock(struct place *p)
{
	char name[NAME_MAX + 1];
	const struct place lock = beside(p, name);
	enum place_result result;
	int tries;

	for (tries = 0; tries < TRIES; tries++) {
		result = try_lock(p, &lock);
		if (result == PLACE_LOCKED)
			return result;
		io_close(p->lock);
		p->lock = -1;
		if (result != PLACE_FAILED || errno != ESTALE)
			return result;
	}
	return PLACE_HELD;
}

void
place_close(struct place *p)
{
	char name[NAME_MAX + 1];
	struct place lock;
	struct stat st;

	if (p->dir == -1)
		return;
	lock = beside(p, name);
	if (p->lock != -1 && fstat(p->lock, &st) == 0 && st.st_size == 0 &&
	    st.st_uid == geteuid() && place_has(&lock, &st))
		(void)unlinkat(lock.dir, lock.name, 0);
	io_close(p->lock);
	io_close(p->dir);
	p->dir = p->lock = -1;
}
