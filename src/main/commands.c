/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>
#include <sys/stat.h>

#include <bsd/string.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "listen/unixpath.h"
#include "main/command_accept.h"
#include "main/command_conn.h"
#include "main/commands.h"

#define BACKLOG 128
#define NAME    "/tined/control"

static char name[] = "control_socket"; /* as messages call it */
static char made[ADDR_PATH_MAX];       /* a directory; empty: none */

void
commands_init(struct commands *c)
{
	size_t i;

	c->watch.fd = -1;
	for (i = 0; i < COMMAND_CONNS; i++)
		c->conn[i].watch.fd = -1;
}

static bool
is_default(const struct config *c)
{
	return strcmp(c->control_socket, CONTROL_AUTO) == 0;
}

/* Its path by the configuration and the command line, in buf of ADDR_PATH_MAX
 * bytes; NULL: there is none. */
static const char *
find_path(const struct options *o, const struct config *c, char *buf)
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

/* Closes and removes it, and its directory where that was made here and is
 * empty. */
static void
close_socket(struct listener *l)
{
	char path[ADDR_PATH_MAX];

	if (l == NULL)
		return;
	strlcpy(path, l->path, sizeof(path));
	listener_close(l);
	if (made[0] == '\0' || strncmp(path, made, strlen(made)) != 0)
		return;
	if (rmdir(made) == 0 || errno != ENOTEMPTY)
		made[0] = '\0';
}

/* Opens it at that path, listening; makes the directory of a default path.  NULL
 * with err. */
static struct listener *
open_socket(const char *path, const struct config *c, struct failure *err)
{
	const struct service_conf sc = describe(c);
	struct listener *l = listener_new(path);

	if (l == NULL) {
		(void)errors_fail(err, EX_UNAVAILABLE, "%s: %s", name,
		    strerror(errno));
		return NULL;
	}
	l->type = SOCK_SEQPACKET;
	l->asked.family = l->local.family = AF_UNIX;
	strlcpy(l->path, path, sizeof(l->path));
	if (is_default(c))
		make_directory(path);
	if (listener_overlapping(l) != NULL)
		(void)errors_fail(err, EX_UNAVAILABLE,
		    "%s: unix:%s: a service listens there", name, path);
	else if (unixpath_open(l, &sc, err) == 0)
		return l;
	err->exit_code = EX_UNAVAILABLE; /* whatever the reason */
	close_socket(l);
	return NULL;
}

/* Gives an open one the mode and the group of another configuration. */
static void
change_socket(const struct listener *l, const struct config *c)
{
	const struct service_conf sc = describe(c);

	if (unixowner_apply(l, &sc) == -1)
		log_message(LEVEL_WARNING,
		    "%s: change mode or group of unix:%s: %s", name, l->path,
		    strerror(errno));
}

int
commands_prepare(struct tined *t, const struct config *c, struct failure *err)
{
	struct commands *all = &t->commands;
	char buf[ADDR_PATH_MAX];
	const char *path = find_path(t->options, c, buf);

	all->next = NULL;
	if (path == NULL)
		return 0;
	if (all->l != NULL && strcmp(all->l->path, path) == 0)
		all->next = all->l;
	else
		all->next = open_socket(path, c, err);
	if (all->next != NULL)
		return 0;
	if (!is_default(c))
		return -1;
	log_message(LEVEL_WARNING, "%s; no commands are taken", err->text);
	return 0;
}

void
commands_commit(struct tined *t)
{
	struct commands *c = &t->commands;

	if (c->next != NULL && c->next == c->l) {
		change_socket(c->l, t->config);
		return;
	}
	watch_close(&c->watch);
	close_socket(c->l);
	c->l = c->next;
	command_accept(t);
}

void
commands_reload_begins(struct tined *t)
{
	struct commands *c = &t->commands;
	size_t i;

	for (i = 0; i < COMMAND_CONNS; i++)
		if (c->conn[i].stage == STAGE_WAITING)
			c->conn[i].stage = STAGE_RELOADING;
}

void
commands_reload_ends(struct tined *t, const char *lines, int code,
    const char *verdict)
{
	command_conn_reply(&t->commands, STAGE_RELOADING,
	    command_reply_new(lines, code, verdict));
}

void
commands_draining(struct tined *t, uint64_t sessions)
{
	struct commands *c = &t->commands;
	char line[120];
	size_t i;

	snprintf(line, sizeof(line), "draining, sessions: %" PRIu64 "\n",
	    sessions);
	for (i = 0; i < COMMAND_CONNS; i++)
		if (c->conn[i].watch.fd != -1 &&
		    c->conn[i].stage == STAGE_STOPPING)
			(void)command_reply_text(c->conn[i].watch.fd, line);
}

void
commands_stop(struct tined *t)
{
	struct commands *c = &t->commands;

	c->wants_reload = false;
	commands_reload_begins(t);
	commands_reload_ends(t, "", EX_UNAVAILABLE, COMMAND_STOPPING);
}

void
commands_log(const struct tined *t)
{
	const struct commands *c = &t->commands;

	if (c->taken + c->refused + c->errors == 0)
		return;
	log_event(LEVEL_NOTICE, "state", "control_socket",
	    c->l == NULL ? "none" : c->l->path, "commands",
	    LOG_NUMBER(c->taken), "refused", LOG_NUMBER(c->refused), "errors",
	    LOG_NUMBER(c->errors), NULL);
}

void
commands_end(struct tined *t)
{
	struct commands *c = &t->commands;
	size_t i;

	command_conn_reply(c, STAGE_STOPPING,
	    command_reply_new("", 0, "stopped"));
	for (i = 0; i < COMMAND_CONNS; i++)
		command_conn_close(&c->conn[i]);
	watch_close(&c->watch);
	close_socket(c->l);
}
