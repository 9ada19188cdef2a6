/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>

#include <bsd/string.h>
#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/addr.h"
#include "tine/ask.h"
#include "tine/ask_connect.h"
#include "tine/units.h"

#define DEFAULT_PATH RUNSTATEDIR "/tined/control"
#define BUSY_NS      NS_PER_S /* how long a full queue is waited for */
#define BUSY_TICK_NS (10 * NS_PER_MS)

/* A connected socket, or -1 with errno. */
static int
dial(const char *path)
{
	static const struct timespec tick = { .tv_nsec = BUSY_TICK_NS };
	int64_t until = units_now() + BUSY_NS;
	struct sockaddr_un sun;
	socklen_t len = addr_to_sockaddr_un(path, &sun);
	int fd, rc, saved;

	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1)
		return -1;
	for (;;) {
		rc = connect(fd, (struct sockaddr *)&sun, len);
		if (rc == 0)
			return fd;
		if (errno != EAGAIN || units_now() >= until)
			break;
		(void)nanosleep(&tick, NULL);
	}
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

/* The process on the other side, to be waited for; -1 where that is not to be
 * had. */
static int
open_pidfd(int fd)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) == -1 ||
	    cred.pid <= 0)
		return -1;
	return (int)syscall(SYS_pidfd_open, cred.pid, 0);
}

/* Who may, as far as the socket itself tells. */
static int
denied(struct ask *a, const char *path)
{
	const struct group *gr = NULL;
	struct stat st;

	if (stat(path, &st) == 0 && (st.st_mode & S_IWGRP) != 0)
		gr = getgrgid(st.st_gid);
	if (gr != NULL)
		snprintf(a->last, sizeof(a->last),
		    "%s: not allowed: root and the group %s may command tined",
		    path, gr->gr_name);
	else
		snprintf(a->last, sizeof(a->last),
		    "%s: not allowed: root may command tined, and no group",
		    path);
	return EX_NOPERM;
}

static int
failed(struct ask *a, const char *path, int error)
{
	if (error == EACCES || error == EPERM)
		return denied(a, path);
	snprintf(a->last, sizeof(a->last), "no tined answers at %s: %s", path,
	    strerror(error));
	return EX_UNAVAILABLE;
}

/* Where a user's own tined has it; NULL. */
static const char *
second_path(char *buf, size_t size)
{
	const char *dir = getenv("XDG_RUNTIME_DIR");

	if (dir == NULL || dir[0] != '/' ||
	    snprintf(buf, size, "%s/tined/control", dir) >= (int)size)
		return NULL;
	return buf;
}

int
ask_connect(struct ask *a)
{
	const char *path = a->socket != NULL ? a->socket : DEFAULT_PATH;
	const char *second = NULL;
	char buf[ADDR_PATH_MAX];
	int error;

	a->pidfd = -1;
	if (a->socket == NULL)
		second = second_path(buf, sizeof(buf));
	else if (strlen(a->socket) >= ADDR_PATH_MAX || a->socket[0] == '\0')
		return failed(a, a->socket, ENAMETOOLONG);
	a->fd = dial(path);
	if (a->fd == -1) {
		error = errno;
		if (second != NULL)
			a->fd = dial(second);
		/* One that is nowhere is not worth naming before the other. */
		if (a->fd == -1 && second != NULL && error == ENOENT &&
		    errno != ENOENT)
			return failed(a, second, errno);
		if (a->fd == -1)
			return failed(a, path, error);
	}
	a->pidfd = open_pidfd(a->fd);
	return 0;
}
