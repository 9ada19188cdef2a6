/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>

#include <bsd/string.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/io.h"
#include "main/served.h"
#include "main/specs.h"

#define LOG_PIPE_SIZE (1 << 20) /* as much as a user may ask for */

/* Some 700 standard errors on their way to a logger that is busy, where the
 * system's default is some 70; no more than wmem_max but for root. */
#define STDERRS_SIZE (1 << 20)

struct served *
served_new(const char *name)
{
	static const int room = STDERRS_SIZE;
	struct served *s;
	char title[SPEC_NAME_MAX + 16];

	if ((s = calloc(1, sizeof(*s))) == NULL)
		return NULL;
	strlcpy(s->name, name, sizeof(s->name));
	snprintf(title, sizeof(title), "tined board %s", name);
	TAILQ_INIT(&s->acceptors);
	TAILQ_INIT(&s->now.listeners);
	TAILQ_INIT(&s->next.listeners);
	s->now.spec = s->next.spec = -1;
	if ((s->board = board_new(title)) == NULL)
		goto err0;
	if (pipe2(s->log, O_CLOEXEC | O_NONBLOCK) == -1)
		goto err1;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, s->stderrs) ==
	    -1)
		goto err2;
	fcntl(s->log[1], F_SETPIPE_SZ, LOG_PIPE_SIZE);
	if (setsockopt(s->stderrs[1], SOL_SOCKET, SO_SNDBUFFORCE, &room,
		sizeof(room)) == -1)
		setsockopt(s->stderrs[1], SOL_SOCKET, SO_SNDBUF, &room,
		    sizeof(room));
	return s;
err2:
	close(s->log[0]);
	close(s->log[1]);
err1:
	board_free(s->board);
err0:
	free(s);
	return NULL;
}

void
served_free(struct served *s)
{
	if (s == NULL)
		return;
	generation_close(&s->now);
	generation_close(&s->next);
	close(s->log[0]);
	close(s->log[1]);
	close(s->stderrs[0]);
	close(s->stderrs[1]);
	board_free(s->board);
	free(s);
}

struct served *
served_find(struct served_list *l, const char *name)
{
	struct served *s;

	TAILQ_FOREACH (s, l, entry)
		if (strcmp(s->name, name) == 0)
			return s;
	return NULL;
}

static bool
has_number(const struct listener_list *listeners, uint16_t number)
{
	const struct listener *l;

	TAILQ_FOREACH (l, listeners, entry)
		if (l->local.family == AF_UNIX && l->local.port == number)
			return true;
	return false;
}

/*
 * A Unix listener's local address has no port; its place holds a number that is
 * the listener's in its service as long as it lives, by which the logger knows
 * its path, whatever generation a session is of.
 */
static void
number_unix(struct served *s, struct listener_list *listeners)
{
	struct listener *l;

	TAILQ_FOREACH (l, listeners, entry) {
		if (l->local.family != AF_UNIX || l->local.port != 0)
			continue;
		do
			s->last_unix = s->last_unix % SPEC_NUMBERS + 1;
		while (has_number(listeners, s->last_unix) ||
		    has_number(&s->now.listeners, s->last_unix));
		l->local.port = s->last_unix;
	}
}

int
generation_make(struct served *s, struct generation *g, const struct wanted *w,
    struct listener_error *err)
{
	g->conf = w->conf;
	TAILQ_INIT(&g->listeners);
	g->spec = -1;
	if (listeners_open(w->conf, w->held, &g->listeners, err) == -1)
		return -1;
	number_unix(s, &g->listeners);
	g->spec = spec_make(w->config, w->conf, &g->listeners, err);
	if (g->spec != -1)
		return 0;
	generation_undo(g, w->held);
	return -1;
}

void
generation_undo(struct generation *g, struct listener_list *held)
{
	if (g->spec != -1)
		close(g->spec);
	g->spec = -1;
	listeners_undo(&g->listeners, held);
}

void
generation_close(struct generation *g)
{
	struct listener *l;

	if (g->spec != -1)
		close(g->spec);
	g->spec = -1;
	while ((l = TAILQ_FIRST(&g->listeners)) != NULL) {
		TAILQ_REMOVE(&g->listeners, l, entry);
		listener_close(l);
	}
}
