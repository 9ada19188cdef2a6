/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/stat.h>

#include <bsd/stdlib.h>
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
say_held(int fd, struct failure *err)
{
	const pid_t pid = fd == -1 ? 0 : read_pid(fd);

	if (pid == 0)
		return errors_fail(err, EX_UNAVAILABLE,
		    "another process holds it");
	return errors_fail(err, EX_UNAVAILABLE, "already running, pid %d",
	    (int)pid);
}

static int
say_errno(struct failure *err)
{
	if (errno == ELOOP || errno == EISDIR || errno == ENXIO)
		return errors_fail(err, EX_OSERR, "not a regular file");
	return errors_fail(err, errno == EACCES ? EX_NOPERM : EX_OSERR, "%s",
	    strerror(errno));
}

/* Whether another process has locked it for writing, which only one that may write
 * to it can. */
static bool
is_write_locked(int fd)
{
	struct flock fl = { .l_type = F_RDLCK, .l_whence = SEEK_SET };

	return fcntl(fd, F_OFD_GETLK, &fl) == 0 && fl.l_type != F_UNLCK;
}

/* Whether f->fd is safe to write to: 0, or -1 with err. */
static int
check(const struct pid_file *f, struct failure *err)
{
	struct stat st;

	if (fstat(f->fd, &st) == -1)
		return say_errno(err);
	if (!S_ISREG(st.st_mode))
		return errors_fail(err, EX_OSERR, "not a regular file");
	if (place_trusts(&f->place, &st))
		return 0;
	if (st.st_nlink > 1)
		return errors_fail(err, EX_OSERR,
		    "it is a hard link, the file has another name");
	return errors_fail(err, EX_OSERR, "it belongs to another user, uid %u",
	    (unsigned int)st.st_uid);
}

/*
 * Locks f->fd for writing, for programs that check that.  Read locks of others
 * prevent it, which is fine: the lock file keeps other mains away.
 */
static int
lock_it(const struct pid_file *f, struct failure *err)
{
	struct flock fl = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if (fcntl(f->fd, F_OFD_SETLK, &fl) == 0 || !is_write_locked(f->fd))
		return 0;
	return say_held(f->fd, err);
}

/* Another main has the lock file: names its pid if that is written already. */
static int
refuse(const struct pid_file *f, struct failure *err)
{
	int fd;

	fd = openat(f->place.dir, f->place.name,
	    O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	(void)say_held(fd, err);
	io_close(fd);
	return -1;
}

static void
let_go(struct pid_file *f)
{
	io_close(f->fd);
	f->fd = -1;
	place_close(&f->place);
	free(f->path);
}

int
pid_file_take(struct pid_file *f, const char *path, struct failure *err)
{
	bool was_there;
	int result;

	f->path = strdup(path);
	if (f->path == NULL || place_open(&f->place, f->path) == -1) {
		free(f->path);
		return say_errno(err);
	}
	/* Without a lock file (main may not write to the directory, or its owner
	 * has put something there) the lock of the file itself must do. */
	if (place_lock(&f->place) == PLACE_HELD && f->place.owner == geteuid())
		result = refuse(f, err);
	else if ((f->fd = place_create(&f->place, 0644, &was_there)) == -1)
		result = say_errno(err);
	else if ((result = check(f, err)) == 0)
		result = lock_it(f, err);
	if (result == -1)
		let_go(f);
	return result;
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
