/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "logger/log.h"
#include "main/command_accept.h"
#include "main/command_socket.h"
#include "main/commands.h"
#include "main/reload.h"
#include "main/state.h"
#include "main/stop.h"
#include "main/tined.h"

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
	const char *path = command_socket_path(t->options, c, buf);

	*l = NULL;
	if (path == NULL)
		return 0;
	*l = command_socket_open(path, c, err);
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
	if (t->commands == NULL) {
		(void)listener_fail(err, EX_OSERR, "control_socket: %s",
		    strerror(errno));
		return EX_OSERR;
	}
	if (open_socket(t, t->config, &t->commands->l, err) == -1)
		return err->exit_code;
	return 0;
}

void
commands_listen(struct tined *t)
{
	command_accept_listen(&t->watch, t->commands);
}

int64_t
commands_step(struct tined *t, int64_t now)
{
	return command_accept_step(&t->watch, t->commands, now);
}

static bool
stays(const struct tined *t, const struct config *c)
{
	const struct listener *l = t->commands->l;
	char buf[ADDR_PATH_MAX];
	const char *path = command_socket_path(t->options, c, buf);

	return l != NULL && path != NULL && strcmp(l->path, path) == 0;
}

int
commands_prepare(struct tined *t, const struct config *c,
    struct listener_error *err)
{
	t->commands->next = NULL;
	return stays(t, c) ? 0 : open_socket(t, c, &t->commands->next, err);
}

void
commands_commit(struct tined *t)
{
	struct commands *c = t->commands;

	if (stays(t, t->config)) {
		command_socket_apply(c->l, t->config);
		return;
	}
	if (c->watch.fd != -1)
		watch_close(&c->watch);
	if (c->l != NULL)
		command_socket_close(c->l);
	c->l = c->next;
	c->next = NULL;
	command_accept_listen(&t->watch, c);
}

/* Tells those whose stop it is how long it may take. */
static void
say_stopping(struct tined *t)
{
	struct commands *c = t->commands;
	char line[120];
	size_t i;

	snprintf(line, sizeof(line), "draining, sessions: %" PRIu64 "\n",
	    state_sessions(t));
	for (i = 0; i < COMMAND_CONNS; i++)
		if (c->conn[i].watch.fd != -1 &&
		    c->conn[i].stage == COMMAND_STOPPING)
			(void)command_reply_text(c->conn[i].watch.fd, line);
}

void
commands_run(struct tined *t)
{
	struct commands *c = t->commands;

	if (c->nstops > 0) {
		for (; c->nstops > 0; c->nstops--)
			stop_begin(t);
		say_stopping(t);
	}
	if (c->wants_reload) {
		c->wants_reload = false;
		reload_begin(t);
	}
}

void
commands_reload_begins(struct tined *t)
{
	struct commands *c = t->commands;
	size_t i;

	for (i = 0; i < COMMAND_CONNS; i++)
		if (c->conn[i].stage == COMMAND_WAITING)
			c->conn[i].stage = COMMAND_RUNNING;
}

/* Answers all of these stages alike. */
static void
answer(struct commands *c, bool waiting, struct command_reply *r)
{
	struct command_conn *conn;
	size_t i;

	for (i = 0; i < COMMAND_CONNS; i++) {
		conn = &c->conn[i];
		if (conn->watch.fd == -1 ||
		    (conn->stage != COMMAND_RUNNING &&
			!(waiting && conn->stage == COMMAND_WAITING)))
			continue;
		if (r != NULL)
			command_reply_use(r);
		command_conn_answer(conn, r);
	}
	if (r != NULL)
		command_reply_leave(r);
}

void
commands_reload_ends(struct tined *t, const char *lines, int code,
    const char *verdict)
{
	answer(t->commands, false, command_reply_new(lines, code, verdict));
}

void
commands_stop(struct tined *t)
{
	if (t->commands == NULL) /* a start that came to nothing */
		return;
	t->commands->wants_reload = false;
	answer(t->commands, true,
	    command_reply_new("", EX_UNAVAILABLE, COMMANDS_STOPPING));
}

void
commands_who_may(const struct tined *t, char *buf, size_t size)
{
	if (t->config->control_group != NULL)
		snprintf(buf, size,
		    "not allowed: root and the group %s may command tined",
		    t->config->control_group);
	else
		snprintf(buf, size,
		    "not allowed: root may command tined, "
		    "and there is no control_group");
}

void
commands_log(const struct tined *t)
{
	const struct commands *c = t->commands;
	char taken[24], refused[24], errors[24];

	if (c->taken + c->refused + c->errors == 0)
		return;
	snprintf(taken, sizeof(taken), "%" PRIu64, c->taken);
	snprintf(refused, sizeof(refused), "%" PRIu64, c->refused);
	snprintf(errors, sizeof(errors), "%" PRIu64, c->errors);
	log_event(LEVEL_NOTICE, "state", "control_socket",
	    c->l == NULL ? "none" : c->l->path, "commands", taken, "refused",
	    refused, "errors", errors, NULL);
}

void
commands_end(struct tined *t)
{
	struct commands *c = t->commands;
	struct command_conn *conn;
	size_t i;

	if (c == NULL)
		return;
	for (i = 0; i < COMMAND_CONNS; i++) {
		conn = &c->conn[i];
		if (conn->watch.fd == -1)
			continue;
		if (conn->stage == COMMAND_STOPPING)
			(void)command_reply_end(conn->watch.fd, 0, "stopped");
		command_conn_close(conn);
	}
	if (c->watch.fd != -1)
		watch_close(&c->watch);
	if (c->l != NULL)
		command_socket_close(c->l);
	free(c);
	t->commands = NULL;
}
