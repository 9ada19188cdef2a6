/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/resource.h>
#include <sys/socket.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "tine/look/look.h"

#define OVERVIEW_LINK   "/memfd:tined overview"
#define SCOREBOARD_LINK "/memfd:tined scoreboard "

/* Whether the text begins with that prefix: what is behind it, or NULL. */
static const char *
behind(const char *text, const char *prefix)
{
	const size_t len = strlen(prefix);

	return strncmp(text, prefix, len) == 0 ? text + len : NULL;
}

/* Takes a file of main's: the overview, or a scoreboard, whose number is behind
 * the name of its service. */
static void
take_file(struct look *l, int dir, const char *name)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(dir, name, target, sizeof(target) - 1);
	const char *rest;
	int fd;

	if (n <= 0)
		return;
	target[n] = '\0';
	rest = behind(target, SCOREBOARD_LINK);
	if (rest == NULL && behind(target, OVERVIEW_LINK) == NULL)
		return;
	if ((fd = openat(dir, name, O_RDONLY | O_CLOEXEC)) == -1)
		return;
	if (rest != NULL)
		(void)view_add(&l->view,
		    strtoull(rest + strcspn(rest, " "), NULL, 10), fd);
	else if (l->view.fd == -1)
		l->view.fd = fd;
	else
		close(fd);
}

/*
 * Main is stopped, or too busy to answer.  Who may trace it can open its files by
 * way of /proc; the process that listens on the socket is known without asking.
 */
static int
open_silent(struct look *l)
{
	struct ucred cred = { .pid = 0 };
	socklen_t len = sizeof(cred);
	const struct dirent *entry;
	char path[32];
	DIR *dir;

	(void)getsockopt(l->ask.fd, SOL_SOCKET, SO_PEERCRED, &cred, &len);
	snprintf(path, sizeof(path), "/proc/%d/fd", (int)cred.pid);
	if (cred.pid <= 0 || (dir = opendir(path)) == NULL)
		return EX_UNAVAILABLE;
	while ((entry = readdir(dir)) != NULL)
		take_file(l, dirfd(dir), entry->d_name);
	closedir(dir);
	l->silent = l->view.fd != -1;
	return l->silent ? 0 : EX_UNAVAILABLE;
}

int
look_again(struct look *l)
{
	l->now = clock_ms();
	if (view_read(&l->view, l->now) == 0)
		return 0;
	if (errno == EPROTO)
		snprintf(l->ask.last, sizeof(l->ask.last),
		    "tined is of another build (%s) than this tine (%s), "
		    "which can reload and stop it, but not look at it",
		    l->view.o->version, settings_version());
	else
		snprintf(l->ask.last, sizeof(l->ask.last),
		    "cannot read what tined shows: %s", strerror(errno));
	return errno == EPROTO ? EX_UNAVAILABLE : EX_OSERR;
}

/* There is a descriptor for each service; those that do not fit are lost. */
static void
allow_descriptors(void)
{
	struct rlimit rl;

	if (getrlimit(RLIMIT_NOFILE, &rl) == -1)
		return;
	rl.rlim_cur = rl.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &rl);
}

/* Connects, gets the descriptors, and reads; the connection is closed. */
static int
get(struct look *l)
{
	int status;

	allow_descriptors();
	view_init(&l->view);
	l->ask.view = &l->view;
	l->ask.timeout = LOOK_TIMEOUT;
	l->ask.pidfd = -1;
	l->asked = clock_ms();
	status = ask_send(&l->ask, COMMAND_LOOK);
	if (status != 0)
		return status;
	status = ask_verdict(&l->ask);
	if (status == EX_UNAVAILABLE && ask_is_late(&l->ask))
		status = open_silent(l);
	close(l->ask.fd);
	return status == 0 ? look_again(l) : status;
}

int
look_open(struct look *l)
{
	const int status = get(l);

	if (status != 0) {
		(void)ask_print(&l->ask, status);
		look_end(l);
	}
	return status;
}

int
look_renew(struct look *l)
{
	struct look fresh = { .ask = { .command = l->ask.command,
				  .socket = l->ask.socket,
				  .json = l->ask.json } };
	const int status = get(&fresh);

	free(fresh.ask.text.s);
	fresh.ask.text = (struct buf) { 0 };
	if (status != 0) {
		memcpy(l->ask.last, fresh.ask.last, sizeof(l->ask.last));
		look_end(&fresh);
		return status;
	}
	look_end(l);
	*l = fresh;
	l->ask.view = &l->view;
	return 0;
}

bool
look_has_ended(const struct look *l)
{
	struct pollfd pfd = { .fd = l->ask.pidfd, .events = POLLIN };

	return poll(&pfd, 1, 0) == 1;
}

void
look_end(struct look *l)
{
	view_end(&l->view);
	io_close(l->ask.pidfd);
	l->ask.pidfd = -1;
}

int64_t
look_service(const struct look *l, const char *name)
{
	const struct overview_service *s = overview_services(l->view.o);
	uint32_t i;

	for (i = 0; i < l->view.o->nservices; i++)
		if (strcmp(s[i].name, name) == 0)
			return i;
	return -1;
}
