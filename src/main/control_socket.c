/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>
#include <sys/stat.h>

#include <bsd/string.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "listen/listeners.h"
#include "listen/unixpath.h"
#include "logger/log.h"
#include "main/control_socket.h"

#define BACKLOG 128
#define NAME    "/tined/control"

static char name[] = "control_socket"; /* as messages call it */
static char made[ADDR_PATH_MAX];       /* a directory; empty: none */

static bool
is_default(const struct config *c)
{
	return strcmp(c->control_socket, CONTROL_AUTO) == 0;
}

const char *
control_socket_path(const struct options *o, const struct config *c, char *buf)
{
	const char *dir = RUNSTATEDIR;

	if (c->control_socket == NULL)
		return NULL;
	if (!is_default(c)) {
		strlcpy(buf, c->control_socket, ADDR_PATH_MAX);
		return buf;
	}
	/* Run by a user, without an installed file. */
	if (geteuid() != 0 && (o->source.embedded || o->source.file == NULL))
		dir = getenv("XDG_RUNTIME_DIR");
	if (dir == NULL || dir[0] != '/' ||
	    snprintf(buf, ADDR_PATH_MAX, "%s" NAME, dir) >= ADDR_PATH_MAX)
		return NULL;
	return buf;
}

/* As a service, for listen/unixpath.h. */
static struct service_conf
describe(const struct config *c)
{
	return (struct service_conf) { .name = name,
		.socket_mode = c->control_mode,
		.socket_group = c->control_group,
		.names = c->names,
		.backlog = BACKLOG };
}

static void
make_directory(const char *path)
{
	char dir[ADDR_PATH_MAX];
	mode_t old;

	strlcpy(dir, path, sizeof(dir));
	*strrchr(dir, '/') = '\0';
	/* Any user may reach it: control_mode decides. */
	old = umask(022);
	if (mkdir(dir, 0755) == 0)
		strlcpy(made, dir, sizeof(made));
	umask(old);
}

struct listener *
control_socket_open(const char *path, const struct config *c,
    struct listener_error *err)
{
	const struct service_conf sc = describe(c);
	struct listener *l = listener_new(path);

	if (l == NULL) {
		(void)listener_fail(err, EX_UNAVAILABLE, "%s: %s", name,
		    strerror(errno));
		return NULL;
	}
	l->type = SOCK_SEQPACKET;
	l->asked.family = l->local.family = AF_UNIX;
	strlcpy(l->path, path, sizeof(l->path));
	if (is_default(c))
		make_directory(path);
	if (listener_overlapping(l) != NULL)
		(void)listener_fail(err, EX_UNAVAILABLE,
		    "%s: unix:%s: a service listens there", name, path);
	else if (unixpath_open(l, &sc, err) == 0)
		return l;
	err->exit_code = EX_UNAVAILABLE; /* whatever the reason */
	control_socket_close(l);
	return NULL;
}

void
control_socket_apply(const struct listener *l, const struct config *c)
{
	const struct service_conf sc = describe(c);

	if (unixowner_apply(l, &sc) == -1)
		log_message(LEVEL_WARNING,
		    "%s: change mode or group of unix:%s: %s", name, l->path,
		    strerror(errno));
}

void
control_socket_close(struct listener *l)
{
	char path[ADDR_PATH_MAX];

	strlcpy(path, l->path, sizeof(path));
	listener_close(l);
	if (made[0] == '\0' || strncmp(path, made, strlen(made)) != 0)
		return;
	if (rmdir(made) == 0 || errno != ENOTEMPTY)
		made[0] = '\0';
}
