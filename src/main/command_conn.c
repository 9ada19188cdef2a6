/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>

#include <bsd/string.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "ipc/command.h"
#include "ipc/selection.h"
#include "main/command_conn.h"
#include "main/command_peer.h"
#include "main/command_service.h"
#include "main/handout.h"

#define REQUEST_MS 1000
#define REPLY_MS   1000 /* without a part of it being taken */

void
command_conn_close(struct command_conn *conn)
{
	watch_close(&conn->watch);
	command_reply_leave(conn->reply);
	conn->reply = NULL;
	conn->due = 0;
}

/* Sends what there is room for. */
static void
send_reply(struct command_conn *conn)
{
	size_t before = conn->sent;
	int done;

	done = command_reply_send(conn->watch.fd, conn->reply, &conn->sent);
	if (done != 0 || watch_write(&conn->watch) == -1)
		command_conn_close(conn);
	else if (conn->sent > before || conn->due == 0)
		conn->due = clock_ms() + REPLY_MS;
}

void
command_conn_reply(struct commands *c, enum command_stage stage,
    struct command_reply *r)
{
	struct command_conn *conn;

	for (conn = c->conn; conn < c->conn + COMMAND_CONNS; conn++) {
		if (conn->watch.fd == -1 || conn->stage != stage)
			continue;
		if (r == NULL) {
			command_conn_close(conn);
			continue;
		}
		command_reply_use(r);
		conn->reply = r;
		conn->stage = STAGE_REPLY;
		conn->sent = 0;
		send_reply(conn);
	}
	command_reply_leave(r);
}

/* One packet, for which a new connection has room. */
static void
refuse(struct commands *c, struct command_conn *conn, const char *verb,
    int code, const char *why)
{
	command_peer_log(&c->pace, &conn->peer, verb, code, why);
	(void)command_reply_end(conn->watch.fd, code, why);
	command_conn_close(conn);
}

/* Reading changes nothing: it is logged for debugging only. */
static void
show(struct tined *t, struct command_conn *conn)
{
	const int code = handout_send(t, conn->watch.fd) == 0 ? 0 : EX_OSERR;

	(void)command_reply_end(conn->watch.fd, code,
	    code == 0 ? "" : strerror(errno));
	log_event(LEVEL_DEBUG, "command", "verb", command_name(COMMAND_LOOK),
	    "uid", LOG_NUMBER(conn->peer.uid), "pid",
	    LOG_NUMBER(conn->peer.pid), "exit", LOG_NUMBER(code), NULL);
	command_conn_close(conn);
}

/* A command that is done at once. */
static void
carry_out(struct tined *t, struct command_conn *conn,
    const struct command_request *r)
{
	const char *key = r->verb == COMMAND_END_SESSIONS ? "sessions" :
	    r->verb == COMMAND_FORGIVE || r->verb == COMMAND_EXPLAIN ?
							    "source" :
							    NULL;
	char text[COMMAND_TEXT_MAX], which[160], line[400], *last;
	const int code = command_service(t, r, text, sizeof(text));

	log_event(r->verb == COMMAND_EXPLAIN ? LEVEL_DEBUG : LEVEL_NOTICE,
	    "command", "verb", command_name(r->verb), "service",
	    r->service[0] != '\0' ? r->service : "*", "uid",
	    LOG_NUMBER(conn->peer.uid), "pid", LOG_NUMBER(conn->peer.pid),
	    "exit", LOG_NUMBER(code), key,
	    selection_text(r, which, sizeof(which)), NULL);
	/* Lines come before the last one. */
	last = strrchr(text, '\n');
	last = last == NULL ? text : last + 1;
	strlcpy(line, last, sizeof(line));
	*last = '\0';
	if (text[0] != '\0')
		(void)command_reply_text(conn->watch.fd, text);
	(void)command_reply_end(conn->watch.fd, code, line);
	command_conn_close(conn);
}

static void
take_request(struct tined *t, struct command_conn *conn,
    const struct command_request *r)
{
	const char *verb = command_name(r->verb);
	struct commands *c = &t->commands;

	conn->due = 0;
	if (r->verb == COMMAND_LOOK) {
		c->taken++;
		show(t, conn);
		return;
	}
	if (command_service_has(r->verb)) {
		c->taken++;
		carry_out(t, conn, r);
		return;
	}
	if (r->verb == COMMAND_RELOAD && t->stopping) {
		c->refused++;
		refuse(c, conn, verb, EX_UNAVAILABLE, COMMAND_STOPPING);
		return;
	}
	if (r->verb == COMMAND_RELOAD) {
		conn->stage = STAGE_WAITING;
		c->wants_reload = true;
	} else if (r->verb == COMMAND_STOP) {
		conn->stage = STAGE_STOPPING;
		c->nstops++;
	} else {
		c->errors++;
		refuse(c, conn, verb, EX_UNAVAILABLE,
		    "tined " PACKAGE_VERSION " does not know this command");
		return;
	}
	c->taken++;
	log_event(LEVEL_NOTICE, "command", "verb", verb, "uid",
	    LOG_NUMBER(conn->peer.uid), "pid", LOG_NUMBER(conn->peer.pid),
	    NULL);
}

static void
wrong_request(struct commands *c, struct command_conn *conn,
    const struct command_request *r, const char *why)
{
	char text[120];
	bool foreign = strncmp(why, "unknown", 7) == 0;

	c->errors++;
	snprintf(text, sizeof(text),
	    foreign ? "%s: tined " PACKAGE_VERSION " and this tine are of "
		      "different builds" :
		      "the request is wrong: %s",
	    why);
	refuse(c, conn, command_name(r->verb),
	    foreign ? EX_UNAVAILABLE : EX_USAGE, text);
}

/* The request is one packet.  A second packet, or the peer's end of file, closes
 * the connection. */
static void
conn_ready(struct watch *w)
{
	struct command_conn *conn = (struct command_conn *)w;
	struct tined *t = (struct tined *)w->set;
	char packet[sizeof(struct command_request) + 1];
	struct command_request r;
	const char *why;
	ssize_t n;

	if (w->fd == -1) /* closed by an earlier event of this turn */
		return;
	if (conn->stage == STAGE_REPLY) {
		send_reply(conn);
		return;
	}
	n = io_recv(w->fd, packet, sizeof(packet));
	if (n == -1 && errno == EAGAIN)
		return;
	if (n <= 0 || conn->stage != STAGE_REQUEST) {
		if (n != 0 || conn->stage == STAGE_REQUEST)
			t->commands.errors++;
		command_conn_close(conn);
		return;
	}
	why = command_parse(packet, (size_t)n, &r);
	if (why == NULL)
		take_request(t, conn, &r);
	else
		wrong_request(&t->commands, conn, &r, why);
}

int
command_conn_begin(struct tined *t, struct command_conn *conn, int fd,
    const struct ucred *peer)
{
	if (watch_add(&t->watch, &conn->watch, fd, conn_ready) == -1)
		return -1;
	conn->peer = *peer;
	conn->stage = STAGE_REQUEST;
	conn->due = clock_ms() + REQUEST_MS;
	return 0;
}
