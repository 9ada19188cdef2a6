/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "main/command_conn.h"
#include "main/commands.h"
#include "main/control_socket.h"

void
commands_init(struct commands *c)
{
	size_t i;

	c->watch.fd = -1;
	for (i = 0; i < COMMAND_CONNS; i++)
		c->conn[i].watch.fd = -1;
}

int
commands_prepare(struct tined *t, const struct config *c,
    struct listener_error *err)
{
	struct commands *all = &t->commands;
	char buf[ADDR_PATH_MAX];
	const char *path = control_socket_path(t->options, c, buf);

	all->next = NULL;
	if (path == NULL)
		return 0;
	if (all->l != NULL && strcmp(all->l->path, path) == 0)
		all->next = all->l;
	else
		all->next = control_socket_open(path, c, err);
	if (all->next != NULL)
		return 0;
	if (strcmp(c->control_socket, CONTROL_AUTO) != 0)
		return -1;
	log_message(LEVEL_WARNING, "%s; no commands are taken", err->text);
	return 0;
}

static void
close_socket(struct commands *c)
{
	watch_close(&c->watch);
	if (c->l != NULL)
		control_socket_close(c->l);
}

void
commands_commit(struct tined *t)
{
	struct commands *c = &t->commands;

	if (c->next != NULL && c->next == c->l) {
		control_socket_apply(c->l, t->config);
		return;
	}
	close_socket(c);
	c->l = c->next;
	command_conn_listen(t);
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
	close_socket(c);
}
