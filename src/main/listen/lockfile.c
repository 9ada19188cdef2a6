/* SPDX-License-Identifier: ISC */
/*
 * Lock files.  One is removed by its holder alone; whoever had opened it
 * before finds, once he has the lock, that it is no longer the file of that
 * name, and begins anew.  So there is never more than one holder.
 */
#include "config.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/addr.h"
#include "main/listen/lockfile.h"

#define LOCK_SUFFIX   ".lock"
#define LOCK_NAME_MAX (ADDR_PATH_MAX + sizeof(LOCK_SUFFIX))
#define LOCK_TRIES    100 /* as often as the file may vanish meanwhile */

static void
lock_name(const char *path, char buf[static LOCK_NAME_MAX])
{
	snprintf(buf, LOCK_NAME_MAX, "%s" LOCK_SUFFIX, path);
}

/* 0, or -1 with errno, ESTALE when the file was removed before it was locked
 * and is no lock any more. */
static int
try_lock(int fd, const char *name)
{
	struct stat ours, there;

	if (fstat(fd, &ours) == -1)
		return -1;
	if (!S_ISREG(ours.st_mode)) {
		errno = ELOOP;
		return -1;
	}
	if (flock(fd, LOCK_EX | LOCK_NB) == -1)
		return -1;
	if (lstat(name, &there) == 0 && there.st_dev == ours.st_dev &&
	    there.st_ino == ours.st_ino)
		return 0;
	errno = ESTALE;
	return -1;
}

int
lockfile_take(const char *path)
{
	char name[LOCK_NAME_MAX];
	int fd, saved, tries;

	lock_name(path, name);
	for (tries = 0; tries < LOCK_TRIES; tries++) {
		/* Whatever is there must not block: a FIFO, a terminal. */
		fd = open(name,
		    O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK |
			O_NOCTTY,
		    0600);
		if (fd == -1) {
			if (errno == EISDIR || errno == ENXIO)
				errno = ELOOP;
			return -1;
		}
		if (try_lock(fd, name) == 0)
			return fd;
		saved = errno;
		close(fd);
		errno = saved;
		if (errno != ESTALE)
			return -1;
	}
	errno = EWOULDBLOCK;
	return -1;
}

void
lockfile_release(const char *path, int fd)
{
	char name[LOCK_NAME_MAX];
	struct stat ours, there;

	if (fd == -1)
		return;
	lock_name(path, name);
	if (fstat(fd, &ours) == 0 && ours.st_size == 0 &&
	    ours.st_uid == geteuid() && lstat(name, &there) == 0 &&
	    there.st_dev == ours.st_dev && there.st_ino == ours.st_ino)
		(void)unlink(name);
	close(fd);
}
