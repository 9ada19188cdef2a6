/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/addr.h"
#include "base/io.h"
#include "tine/locate.h"
#include "tine/units.h"

#define DEFAULT_PATH RUNSTATEDIR "/tined/control"
#define BUSY_NS      NS_PER_S /* how long to retry while the queue is full */
#define BUSY_TICK_NS (10 * NS_PER_MS)

/* A connected socket, or -1 with errno. */
static int
dial(const char *path)
{
	static const struct timespec tick = { .tv_nsec = BUSY_TICK_NS };
	int64_t until = units_now() + BUSY_NS;
	struct sockaddr_un sun;
	socklen_t len = addr_to_sockaddr_un(path, &sun);
	int fd;

	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1)
		return -1;
	for (;;) {
		if (connect(fd, (struct sockaddr *)&sun, len) == 0)
			return fd;
		if (errno != EAGAIN || units_now() >= until)
			break;
		(void)nanosleep(&tick, NULL);
	}
	io_close(fd);
	return -1;
}

/* Access is denied: who has it, according to the socket's mode and group. */
static int
denied(const char *path, char *why, size_t size)
{
	const struct group *gr = NULL;
	struct stat st;

	if (stat(path, &st) == 0 && (st.st_mode & S_IWGRP) != 0)
		gr = getgrgid(st.st_gid);
	if (gr != NULL)
		snprintf(why, size,
		    "%s: not allowed: root and the group %s may command tined",
		    path, gr->gr_name);
	else
		snprintf(why, size,
		    "%s: not allowed: only root may command tined", path);
	return -EX_NOPERM;
}

static int
failed(const char *path, int error, char *why, size_t size)
{
	if (error == EACCES || error == EPERM)
		return denied(path, why, size);
	snprintf(why, size, "cannot connect to tined at %s: %s", path,
	    strerror(error));
	return -EX_UNAVAILABLE;
}

/* The path of a tined that runs as this user; NULL. */
static const char *
users_path(char *buf, size_t size)
{
	const char *dir = getenv("XDG_RUNTIME_DIR");

	if (dir == NULL || dir[0] != '/' ||
	    snprintf(buf, size, "%s/tined/control", dir) >= (int)size)
		return NULL;
	return buf;
}

int
locate_control(const char *path, char *why, size_t size)
{
	const char *users = NULL;
	char buf[ADDR_PATH_MAX];
	int error, fd;

	if (path == NULL) {
		path = DEFAULT_PATH;
		users = users_path(buf, sizeof(buf));
	} else if (strlen(path) >= ADDR_PATH_MAX || path[0] == '\0')
		return failed(path, ENAMETOOLONG, why, size);
	if ((fd = dial(path)) != -1)
		return fd;
	error = errno;
	if (users != NULL && (fd = dial(users)) != -1)
		return fd;
	/* Where the system's does not exist, the user's says more. */
	if (users != NULL && error == ENOENT && errno != ENOENT)
		return failed(users, errno, why, size);
	return failed(path, error, why, size);
}
