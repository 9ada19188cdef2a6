/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/clock.h"
#include "ipc/command.h"
#include "logger/log.h"
#include "main/command_conn.h"
#include "main/commands.h"
#include "main/tined.h"

#define REQUEST_MS 1000
#define ANSWER_MS  1000 /* without a part of it being taken */

void
command_conn_close(struct command_conn *conn)
{
	watch_close(&conn->watch);
	if (conn->reply != NULL)
		command_reply_leave(conn->reply);
	conn->reply = NULL;
	conn->due = 0;
}

/* Sends what there is room for; what is left is sent when there is more. */
static void
go_on(struct command_conn *conn)
{
	size_t before = conn->sent;
	int done;

	done = command_reply_send(conn->watch.fd, conn->reply, &conn->sent);
	if (done == 0 && watch_write(&conn->watch) == 0) {
		if (conn->sent > before || conn->due == 0)
			conn->due = clock_ms() + ANSWER_MS;
		return;
	}
	command_conn_close(conn);
}

void
command_conn_answer(struct command_conn *conn, struct command_reply *r)
{
	conn->reply = r;
	conn->stage = COMMAND_ANSWERING;
	conn->sent = 0;
	conn->due = 0;
	if (r == NULL)
		command_conn_close(conn);
	else
		go_on(conn);
}

static void
say_taken(const struct command_conn *conn, const struct command_request *cmd)
{
	char uid[16], pid[16];

	snprintf(uid, sizeof(uid), "%u", (unsigned int)conn->peer.uid);
	snprintf(pid, sizeof(pid), "%d", (int)conn->peer.pid);
	log_event(LEVEL_NOTICE, "command", "verb", command_name(cmd->verb),
	    "uid", uid, "pid", pid, NULL);
}

/* Refuses a request that was read. */
static void
refuse(struct commands *c, struct command_conn *conn,
    const struct command_request *cmd, int code, const char *why)
{
	const struct command_refusal r = { &conn->peer, command_name(cmd->verb),
		code, why };

	command_refusal_say(&c->refusals, &r);
	command_conn_answer(conn, command_reply_new("", code, why));
}

static void
obey(struct tined *t, struct command_conn *conn,
    const struct command_request *cmd)
{
	struct commands *c = t->commands;

	conn->due = 0;
	switch (cmd->verb) {
	case COMMAND_RELOAD:
		if (t->stopping) {
			c->refused++;
			refuse(c, conn, cmd, EX_UNAVAILABLE, COMMANDS_STOPPING);
			return;
		}
		conn->stage = COMMAND_WAITING;
		c->wants_reload = true;
		break;
	case COMMAND_STOP:
		conn->stage = COMMAND_STOPPING;
		c->nstops++;
		break;
	default:
		c->errors++;
		refuse(c, conn, cmd, EX_UNAVAILABLE,
		    "tined " PACKAGE_VERSION " does not know this command");
		return;
	}
	c->taken++;
	say_taken(conn, cmd);
}

static void
wrong_request(struct commands *c, struct command_conn *conn,
    const struct command_request *cmd, const char *why)
{
	char text[120];
	bool foreign = strncmp(why, "unknown", 7) == 0;

	c->errors++;
	if (foreign)
		snprintf(text, sizeof(text),
		    "%s: tined " PACKAGE_VERSION " and this tine are of "
		    "different builds",
		    why);
	else
		snprintf(text, sizeof(text), "the request is wrong: %s", why);
	refuse(c, conn, cmd, foreign ? EX_UNAVAILABLE : EX_USAGE, text);
}

/* One packet: the request.  With anything after it the connection is closed,
 * as it is when the other side has closed it. */
static void
conn_ready(struct watch *w)
{
	struct command_conn *conn = (struct command_conn *)w;
	struct tined *t = (struct tined *)w->set;
	char packet[sizeof(struct command_request) + 1];
	struct command_request cmd;
	const char *why;
	ssize_t n;

	if (w->fd == -1) /* closed by an earlier event of this turn */
		return;
	if (conn->stage == COMMAND_ANSWERING) {
		go_on(conn);
		return;
	}
	n = recv(w->fd, packet, sizeof(packet), MSG_DONTWAIT | MSG_TRUNC);
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0 || conn->stage != COMMAND_ASKING) {
		if (n != 0 || conn->stage == COMMAND_ASKING)
			t->commands->errors++;
		command_conn_close(conn);
		return;
	}
	why = command_parse(packet, (size_t)n, &cmd);
	if (why == NULL)
		obey(t, conn, &cmd);
	else
		wrong_request(t->commands, conn, &cmd, why);
}

void
command_conn_begin(struct tined *t, struct command_conn *conn, int fd,
    const struct command_peer *peer)
{
	conn->peer = *peer;
	conn->stage = COMMAND_ASKING;
	if (watch_add(&t->watch, &conn->watch, fd, conn_ready) == -1)
		t->commands->errors++;
	else
		conn->due = clock_ms() + REQUEST_MS;
}
