/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "ipc/command.h"
#include "main/command_accept.h"
#include "main/commands.h"
#include "main/tined.h"

#define PAUSE_MS 100 /* without a descriptor to accept with */
#define ACCEPTS  16  /* in a turn */

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

/* Refuses a connection.  A request that is there already is read: the log names
 * its verb, and the client sees an end of file instead of a reset. */
static void
turn_away(struct commands *c, int fd, struct command_refusal *r)
{
	struct command_request cmd = { .verb = 0 };
	ssize_t n;

	n = recv(fd, &cmd, sizeof(cmd), MSG_DONTWAIT | MSG_TRUNC);
	if (n == sizeof(cmd))
		r->verb = command_name(cmd.verb);
	c->refused++;
	command_refusal_say(&c->refusals, r);
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
	command_conn_begin(t, conn, fd, &peer);
}

/* accept4 failed, for lack of descriptors or memory: try again later. */
static void
pause_listening(struct commands *c)
{
	const struct command_peer nobody = { .pid = 0 };

	c->errors++;
	command_refusal_say(&c->refusals,
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
command_accept_listen(struct watch_set *set, struct commands *c)
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
command_accept_step(struct watch_set *set, struct commands *c, int64_t now)
{
	struct command_conn *conn;
	int64_t due = command_refusal_step(&c->refusals, now);
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
		command_accept_listen(set, c);
	return clock_earlier(due, c->resume_at);
}
