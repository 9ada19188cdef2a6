/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "ipc/command.h"
#include "main/command_accept.h"
#include "main/command_conn.h"
#include "main/command_peer.h"

#define PAUSE_MS 100 /* after an error of accept4 */
#define ACCEPTS  16  /* in a turn */

/* A free place for that user; NULL. */
static struct command_conn *
find_place(struct commands *c, uid_t uid)
{
	struct command_conn *conn, *place = NULL;
	unsigned int others = 0;

	for (conn = c->conn; conn < c->conn + COMMAND_CONNS; conn++)
		if (conn->watch.fd == -1)
			place = conn;
		else if (conn->peer.uid != 0)
			others++;
	return uid != 0 && others >= COMMAND_CONNS - COMMAND_ROOTS ? NULL :
								     place;
}

/* Refuses a connection.  A request that has arrived is read: the log names its
 * verb, and the client sees an end of file instead of a reset. */
static void
turn_away(struct commands *c, int fd, const struct ucred *p, int code,
    const char *why)
{
	struct command_request r;
	const char *verb = NULL;

	if (io_recv(fd, &r, sizeof(r)) == sizeof(r))
		verb = command_name(r.verb);
	c->refused++;
	command_peer_log(&c->pace, p, verb, code, why);
	(void)command_reply_end(fd, code, why);
	close(fd);
}

static void
accepted(struct tined *t, int fd)
{
	const struct command_rights rights = { .own = geteuid(),
		.own_may = !t->ran_programs,
		.group = t->config->control_group,
		.gid = t->config->control_gid };
	struct commands *c = &t->commands;
	struct command_conn *conn;
	struct ucred peer;
	char why[200];

	if (command_peer_read(fd, &peer) == -1) {
		c->errors++;
		close(fd);
	} else if (!command_peer_may(fd, &peer, &rights)) {
		turn_away(c, fd, &peer, EX_NOPERM,
		    command_peer_refusal(&rights, why, sizeof(why)));
	} else if ((conn = find_place(c, peer.uid)) == NULL) {
		turn_away(c, fd, &peer, EX_UNAVAILABLE,
		    "too many commands at once");
	} else if (command_conn_begin(t, conn, fd, &peer) == -1)
		c->errors++;
}

static void
listener_ready(struct watch *w)
{
	const struct ucred nobody = { .pid = 0 };
	struct tined *t = (struct tined *)w->set;
	struct commands *c = &t->commands;
	int fd, i;

	for (i = 0; i < ACCEPTS; i++) {
		fd = io_accept(w->fd, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd != -1)
			accepted(t, fd);
		else if (errno != ECONNABORTED)
			break;
	}
	if (i == ACCEPTS || errno == EAGAIN)
		return;
	/* For lack of descriptors or memory: tries again later. */
	c->errors++;
	command_peer_log(&c->pace, &nobody, NULL, EX_OSERR, strerror(errno));
	watch_close(w);
	c->resume_at = clock_ms() + PAUSE_MS;
}

void
command_accept(struct tined *t)
{
	struct commands *c = &t->commands;
	int fd;

	c->resume_at = 0;
	if (c->l == NULL)
		return;
	/* The watch closes its descriptor; the listener has its own. */
	fd = fcntl(c->l->fd, F_DUPFD_CLOEXEC, 0);
	if (fd == -1 ||
	    watch_add(&t->watch, &c->watch, fd, listener_ready) == -1)
		c->resume_at = clock_ms() + PAUSE_MS;
}

int64_t
command_accept_step(struct tined *t, int64_t now)
{
	struct commands *c = &t->commands;
	struct command_conn *conn;
	int64_t due = command_peer_log_more(&c->pace, now);

	for (conn = c->conn; conn < c->conn + COMMAND_CONNS; conn++) {
		if (conn->due != 0 && conn->due <= now) {
			c->errors++;
			command_conn_close(conn);
		}
		due = clock_earlier(due, conn->due);
	}
	if (c->resume_at != 0 && c->resume_at <= now)
		command_accept(t);
	return clock_earlier(due, c->resume_at);
}
