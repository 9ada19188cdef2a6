/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "main/command_conn.h"
#include "main/commands.h"
#include "main/control_socket.h"

static struct commands *
commands_new(void)
{
	struct commands *c = calloc(1, sizeof(*c));
	size_t i;

	if (c == NULL)
		return NULL;
	c->watch.fd = -1;
	for (i = 0; i < COMMAND_CONNS; i++)
		c->conn[i].watch.fd = -1;
	return c;
}

/* The socket of a configuration: 0 with *l, which is NULL where there is none,
 * or -1 with err. */
static int
open_socket(const struct tined *t, const struct config *c, struct listener **l,
    struct listener_error *err)
{
	char buf[ADDR_PATH_MAX];
	const char *path = control_socket_path(t->options, c, buf);

	*l = NULL;
	if (path == NULL)
		return 0;
	*l = control_socket_open(path, c, err);
	if (*l != NULL)
		return 0;
	if (strcmp(c->control_socket, CONTROL_AUTO) != 0)
		return -1;
	log_message(LEVEL_WARNING, "%s; no commands are taken", err->text);
	return 0;
}

int
commands_open(struct tined *t, struct listener_error *err)
{
	t->commands = commands_new();
	if (t->commands == NULL)
		return listener_fail(err, EX_OSERR, "control_socket: %s",
		    strerror(errno));
	return open_socket(t, t->config, &t->commands->l, err);
}

unsigned int
commands_take_stops(struct tined *t)
{
	unsigned int n = t->commands->nstops;

	t->commands->nstops = 0;
	return n;
}

bool
commands_take_reload(struct tined *t)
{
	bool wanted = t->commands->wants_reload;

	t->commands->wants_reload = false;
	return wanted;
}

/* Whether the socket of that configuration is the one that is open. */
static bool
stays(const struct tined *t, const struct config *c)
{
	const struct listener *l = t->commands->l;
	char buf[ADDR_PATH_MAX];
	const char *path = control_socket_path(t->options, c, buf);

	return l != NULL && path != NULL && strcmp(l->path, path) == 0;
}

int
commands_prepare(struct tined *t, const struct config *c,
    struct listener_error *err)
{
	t->commands->next = NULL;
	return stays(t, c) ? 0 : open_socket(t, c, &t->commands->next, err);
}

static void
close_socket(struct commands *c)
{
	if (c->watch.fd != -1)
		watch_close(&c->watch);
	if (c->l != NULL)
		control_socket_close(c->l);
}

void
commands_commit(struct tined *t)
{
	struct commands *c = t->commands;

	if (stays(t, t->config)) {
		control_socket_apply(c->l, t->config);
		return;
	}
	close_socket(c);
	c->l = c->next;
	c->next = NULL;
	command_conn_listen(t);
}

void
commands_reload_begins(struct tined *t)
{
	struct commands *c = t->commands;
	size_t i;

	for (i = 0; i < COMMAND_CONNS; i++)
		if (c->conn[i].stage == STAGE_WAITING)
			c->conn[i].stage = STAGE_RELOADING;
}

/* Lacking memory for the reply, they are closed. */
static void
answer(struct commands *c, enum command_stage stage, struct command_reply *r)
{
	command_conn_reply(c, stage, r);
	if (r != NULL)
		command_reply_leave(r);
}

void
commands_reload_ends(struct tined *t, const char *lines, int code,
    const char *verdict)
{
	answer(t->commands, STAGE_RELOADING,
	    command_reply_new(lines, code, verdict));
}

void
commands_draining(struct tined *t, uint64_t sessions)
{
	struct commands *c = t->commands;
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
	struct commands *c = t->commands;

	if (c == NULL) /* the start has failed */
		return;
	c->wants_reload = false;
	commands_reload_begins(t);
	commands_reload_ends(t, "", EX_UNAVAILABLE, COMMAND_STOPPING);
}

void
commands_log(const struct tined *t)
{
	const struct commands *c = t->commands;

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
	struct commands *c = t->commands;
	size_t i;

	if (c == NULL)
		return;
	answer(c, STAGE_STOPPING, command_reply_new("", 0, "stopped"));
	for (i = 0; i < COMMAND_CONNS; i++)
		if (c->conn[i].watch.fd != -1)
			command_conn_close(&c->conn[i]);
	close_socket(c);
	free(c);
	t->commands = NULL;
}
