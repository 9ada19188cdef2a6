/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/stat.h>

#include <bsd/stdlib.h>
#include <bsd/string.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/io.h"
#include "main/pid_file.h"

#define TRIES   100     /* it may be created or removed meanwhile */
#define PID_MAX 4194304 /* PID_MAX_LIMIT of the kernel */

/* The pid in the file; 0: none. */
static pid_t
read_pid(int fd)
{
	char text[32];
	const char *error;
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);
	pid_t pid;

	if (n <= 0)
		return 0;
	text[n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	pid = (pid_t)strtonum(text, 1, PID_MAX, &error);
	return error == NULL ? pid : 0;
}

/* Another main, or another process, holds the lock. */
static int
say_held(int fd, char *why, size_t size)
{
	const pid_t pid = fd == -1 ? 0 : read_pid(fd);

	if (pid != 0)
		snprintf(why, size, "already running, pid %d", (int)pid);
	else
		strlcpy(why, "another process holds it", size);
	return EX_UNAVAILABLE;
}

static int
say_errno(char *why, size_t size)
{
	if (errno == ELOOP || errno == EISDIR || errno == ENXIO) {
		strlcpy(why, "not a regular file", size);
		return EX_OSERR;
	}
	strlcpy(why, strerror(errno), size);
	return errno == EACCES ? EX_NOPERM : EX_OSERR;
}

/* Whether another process has locked it for writing, which only one that may write
 * to it can. */
static bool
is_write_locked(int fd)
{
	struct flock fl = { .l_type = F_RDLCK, .l_whence = SEEK_SET };

	return fcntl(fd, F_OFD_GETLK, &fl) == 0 && fl.l_type != F_UNLCK;
}

/* The file, created where it is missing. */
static int
open_it(const struct place *p)
{
	const int flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK |
	    O_NOCTTY;
	int fd, tries;

	for (tries = 0; tries < TRIES; tries++) {
		fd = openat(p->dir, p->name, flags);
		if (fd != -1 || errno != ENOENT)
			return fd;
		fd = openat(p->dir, p->name, flags | O_CREAT | O_EXCL, 0644);
		if (fd != -1 || errno != EEXIST)
			return fd;
	}
	return -1;
}

/* Whether f->fd is safe to write to: 0, or an exit status and why. */
static int
check(const struct pid_file *f, char *why, size_t size)
{
	struct stat st;

	if (fstat(f->fd, &st) == -1)
		return say_errno(why, size);
	if (!S_ISREG(st.st_mode)) {
		strlcpy(why, "not a regular file", size);
		return EX_OSERR;
	}
	if (place_trusts(&f->place, &st))
		return 0;
	if (st.st_nlink > 1)
		strlcpy(why, "it is a hard link, the file has another name",
		    size);
	else
		snprintf(why, size, "it belongs to another user, uid %u",
		    (unsigned int)st.st_uid);
	return EX_OSERR;
}

/*
 * Locks f->fd for writing, for programs that check that.  Read locks of others
 * prevent it, which is fine: the lock file keeps other mains away.
 */
static int
lock_it(const struct pid_file *f, char *why, size_t size)
{
	struct flock fl = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if (fcntl(f->fd, F_OFD_SETLK, &fl) == 0 || !is_write_locked(f->fd))
		return 0;
	return say_held(f->fd, why, size);
}

/* Another main has the lock file: names its pid if that is written already. */
static int
refuse(const struct pid_file *f, char *why, size_t size)
{
	int fd, code;

	fd = openat(f->place.dir, f->place.name,
	    O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	code = say_held(fd, why, size);
	if (fd != -1)
		close(fd);
	return code;
}

static void
let_go(struct pid_file *f)
{
	if (f->fd != -1)
		close(f->fd);
	f->fd = -1;
	lockfile_release(&f->place, &f->lock);
	place_close(&f->place);
	free(f->path);
}

int
pid_file_take(struct pid_file *f, const char *path, char *why, size_t size)
{
	int code;

	f->path = strdup(path);
	if (f->path == NULL || place_open(&f->place, f->path) == -1) {
		free(f->path);
		return say_errno(why, size);
	}
	/* Without a lock file (main may not write to the directory, or its owner
	 * has put something there) the lock of the file itself must do. */
	if (lockfile_take(&f->place, &f->lock) == LOCKFILE_HELD &&
	    f->lock.owner == geteuid())
		code = refuse(f, why, size);
	else if ((f->fd = open_it(&f->place)) == -1)
		code = say_errno(why, size);
	else if ((code = check(f, why, size)) == 0)
		code = lock_it(f, why, size);
	if (code != 0)
		let_go(f);
	return code;
}

int
pid_file_write(const struct pid_file *f)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%d\n", (int)getpid());

	if (ftruncate(f->fd, 0) == -1 || lseek(f->fd, 0, SEEK_SET) == -1)
		return -1;
	return io_write_all(f->fd, text, (size_t)len);
}

void
pid_file_remove(struct pid_file *f)
{
	struct stat st;

	if (f->fd == -1)
		return;
	if (fstat(f->fd, &st) == 0 && place_has(&f->place, &st))
		(void)unlinkat(f->place.dir, f->place.name, 0);
	let_go(f);
}
