/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/command.h"
#include "main/command_conn.h"
#include "main/commands.h"
#include "main/log/log.h"
#include "main/tined.h"

#define REQUEST_MS 1000
#define ANSWER_MS  1000 /* without a part of it being taken */
#define PAUSE_MS   100  /* without a descriptor to accept with */
#define SAY_MS     1000 /* between two lines of what was refused */
#define ACCEPTS    16   /* in a turn */

/* Why a connection or a request comes to nothing. */
struct command_refusal {
	const struct command_peer *peer;
	const char *verb; /* NULL: unknown */
	int code;
	const char *why;
};

static void
say_refusal(struct commands *c, const struct command_refusal *r)
{
	char uid[16], pid[16], code[16], unsaid[24];
	int64_t now = clock_ms();

	if (c->said_at != 0 && now - c->said_at < SAY_MS) {
		c->unsaid++;
		return;
	}
	snprintf(uid, sizeof(uid), "%u", (unsigned int)r->peer->uid);
	snprintf(pid, sizeof(pid), "%d", (int)r->peer->pid);
	snprintf(code, sizeof(code), "%d", r->code);
	snprintf(unsaid, sizeof(unsaid), "%" PRIu64, c->unsaid);
	log_event(LEVEL_WARNING, "command", "verb",
	    r->verb == NULL ? "unknown" : r->verb, "uid", uid, "pid", pid,
	    "exit", code, "msg", r->why, c->unsaid == 0 ? NULL : "not_shown",
	    unsaid, NULL);
	c->said_at = now;
	c->unsaid = 0;
}

/* Those that were counted since the last line. */
static int64_t
say_unsaid(struct commands *c, int64_t now)
{
	char unsaid[24];

	if (c->unsaid == 0)
		return 0;
	if (now - c->said_at < SAY_MS)
		return c->said_at + SAY_MS;
	snprintf(unsaid, sizeof(unsaid), "%" PRIu64, c->unsaid);
	log_event(LEVEL_WARNING, "command", "msg", "refused", "not_shown",
	    unsaid, NULL);
	c->said_at = now;
	c->unsaid = 0;
	return 0;
}

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

	say_refusal(c, &r);
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

	if (w->fd == -1) /* closed in this turn, by another's event */
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

/* A free place for that user; NULL. */
static struct command_conn *
find_place(struct commands *c, uid_t uid)
{
	struct command_conn *place = NULL;
	unsigned int others = 0;
	size_t i;

	for (i = 0; i < COMMAND_CONNS; i++) {
		if (c->conn[i].watch.fd == -1)
			place = &c->conn[i];
		else if (c->conn[i].peer.uid != 0)
			others++;
	}
	if (uid != 0 && others >= COMMAND_CONNS - COMMAND_ROOTS)
		return NULL;
	return place;
}

/* One that gets no place.  Its request, if it is there already, is read for
 * the log, and so that closing is no reset. */
static void
turn_away(struct commands *c, int fd, struct command_refusal *r)
{
	struct command_request cmd = { .verb = 0 };
	ssize_t n;

	n = recv(fd, &cmd, sizeof(cmd), MSG_DONTWAIT | MSG_TRUNC);
	if (n == sizeof(cmd))
		r->verb = command_name(cmd.verb);
	c->refused++;
	say_refusal(c, r);
	(void)command_reply_end(fd, r->code, r->why);
	close(fd);
}

static void
welcome(struct tined *t, int fd)
{
	struct commands *c = t->commands;
	struct command_rights rights = { .own = geteuid(),
		.own_may = !t->ran_programs,
		.has_group = t->config->control_group != NULL,
		.group = t->config->control_gid };
	struct command_conn *conn;
	struct command_peer peer;
	char why[200];

	if (command_peer_read(fd, &peer) == -1) {
		c->errors++;
		close(fd);
		return;
	}
	if (!command_peer_may(fd, &peer, &rights)) {
		commands_who_may(t, why, sizeof(why));
		turn_away(c, fd,
		    &(struct command_refusal) { &peer, NULL, EX_NOPERM, why });
		return;
	}
	conn = find_place(c, peer.uid);
	if (conn == NULL) {
		turn_away(c, fd,
		    &(struct command_refusal) { &peer, NULL, EX_UNAVAILABLE,
			"too many commands at once" });
		return;
	}
	conn->peer = peer;
	conn->stage = COMMAND_ASKING;
	if (watch_add(&t->watch, &conn->watch, fd, conn_ready) == -1) {
		c->errors++;
		return;
	}
	conn->due = clock_ms() + REQUEST_MS;
}

/* Nobody waits longer for a descriptor than until it is tried again. */
static void
pause_listening(struct commands *c)
{
	const struct command_peer nobody = { .pid = 0 };

	c->errors++;
	say_refusal(c,
	    &(struct command_refusal) {
		&nobody, NULL, EX_OSERR, strerror(errno) });
	watch_close(&c->watch);
	c->resume_at = clock_ms() + PAUSE_MS;
}

static void
listener_ready(struct watch *w)
{
	struct tined *t = (struct tined *)w->set;
	int fd, i;

	for (i = 0; i < ACCEPTS && w->fd != -1; i++) {
		fd = accept4(w->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd != -1)
			welcome(t, fd);
		else if (errno == EAGAIN)
			return;
		else if (errno != EINTR && errno != ECONNABORTED)
			pause_listening(t->commands);
	}
}

void
command_conn_listen(struct watch_set *set, struct commands *c)
{
	int fd;

	c->resume_at = 0;
	if (c->l == NULL)
		return;
	/* The watch closes its descriptor, the listener has its own. */
	fd = fcntl(c->l->fd, F_DUPFD_CLOEXEC, 0);
	if (fd == -1 || watch_add(set, &c->watch, fd, listener_ready) == -1)
		c->resume_at = clock_ms() + PAUSE_MS;
}

int64_t
command_conn_step(struct watch_set *set, struct commands *c, int64_t now)
{
	struct command_conn *conn;
	int64_t due = say_unsaid(c, now);
	size_t i;

	for (i = 0; i < COMMAND_CONNS; i++) {
		conn = &c->conn[i];
		if (conn->watch.fd != -1 && conn->due != 0 &&
		    conn->due <= now) {
			c->errors++;
			command_conn_close(conn);
		}
		due = clock_earlier(due, conn->due);
	}
	if (c->resume_at != 0 && c->resume_at <= now)
		command_conn_listen(set, c);
	return clock_earlier(due, c->resume_at);
}
