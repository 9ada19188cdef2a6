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

struct served *
served_new(const char *name)
{
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

int
generation_make(struct generation *g, const struct config *c,
    const struct service_conf *conf, struct listener_list *held,
    struct listener_error *err)
{
	g->conf = conf;
	TAILQ_INIT(&g->listeners);
	g->spec = -1;
	if (listeners_open(conf, held, &g->listeners, err) == -1)
		return -1;
	if ((g->spec = spec_make(c, conf, &g->listeners, err)) == -1) {
		generation_undo(g, held);
		return -1;
	}
	return 0;
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
