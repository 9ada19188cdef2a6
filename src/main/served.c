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

#include "base/clock.h"
#include "base/io.h"
#include "base/mem.h"
#include "config/compile.h"
#include "ipc/scoreboard_main.h"
#include "ipc/control.h"
#include "main/served.h"

#define LOG_PIPE_SIZE (1 << 20) /* as much as a user may ask for */

/*
 * What one standard error in the queue takes of the buffer's size as it is set:
 * the kernel has twice as much, and a socket has room as long as a quarter of
 * that is used.  No more than wmem_max, which is some 130, but for root.
 */
#define STDERR_SIZE 1536

struct served *
served_new(const char *name)
{
	struct served *s;
	char title[SETTINGS_NAME_MAX + 16];

	if ((s = calloc(1, sizeof(*s))) == NULL)
		return NULL;
	strlcpy(s->name, name, sizeof(s->name));
	snprintf(title, sizeof(title), "tined board %s", name);
	TAILQ_INIT(&s->acceptors);
	TAILQ_INIT(&s->adopted);
	s->prefix_v4 = 32;
	s->prefix_v6 = 64;
	TAILQ_INIT(&s->now.listeners);
	TAILQ_INIT(&s->next.listeners);
	TAILQ_INIT(&s->tail);
	s->now.settings = s->next.settings = -1;
	if ((s->board = scoreboard_new(title)) == NULL)
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
	scoreboard_free(s->board);
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
	listeners_close(&s->tail);
	close(s->log[0]);
	close(s->log[1]);
	close(s->stderrs[0]);
	close(s->stderrs[1]);
	scoreboard_free(s->board);
	free(s);
}

static void
tell_length(struct acceptor *a, uint32_t npages)
{
	if (a->control.fd != -1 && a->npages < npages &&
	    control_send(a->control.fd, CONTROL_GREW, (int32_t)npages, NULL) ==
		0)
		a->npages = npages;
}

void
served_grown(struct served *s)
{
	struct acceptor *a;

	TAILQ_FOREACH (a, &s->acceptors, entry)
		tell_length(a, scoreboard_npages(s->board));
	scoreboard_announce(s->board);
}

/* A hole takes longer the more sessions there are: it is no more than a
 * twentieth of main's time. */
int64_t
served_trim(struct served *s, int64_t now)
{
	if (s->trim_at > now)
		return s->trim_at;
	if (!scoreboard_trim(s->board))
		s->trim_at = 0;
	else
		s->trim_at = now + 1 + 20 * (clock_ms() - now);
	return s->trim_at;
}

void
served_queue(struct served *s, uint32_t n)
{
	int room = (int)n * STDERR_SIZE;

	if (setsockopt(s->stderrs[1], SOL_SOCKET, SO_SNDBUFFORCE, &room,
		sizeof(room)) == -1)
		setsockopt(s->stderrs[1], SOL_SOCKET, SO_SNDBUF, &room,
		    sizeof(room));
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
			s->last_unix = s->last_unix % SETTINGS_NUMBERS + 1;
		while (has_number(listeners, s->last_unix) ||
		    has_number(&s->now.listeners, s->last_unix));
		l->local.port = s->last_unix;
	}
}

static int
cannot_compile(struct listener_error *err, struct compile_error *why)
{
	listener_fail(err, why->exit_code, "%s", why->text);
	free(why->text);
	return -1;
}

int
generation_check(const struct config *c, struct listener_error *err)
{
	struct compile_error why;

	return compile_check(c, &why) == -1 ? cannot_compile(err, &why) : 0;
}

int
generation_make(struct served *s, struct generation *g, const struct config *c,
    struct listener_error *err)
{
	struct settings_listener *v = NULL;
	const struct listener *l;
	struct compile_error why;
	size_t n = 0;

	number_unix(s, &g->listeners);
	TAILQ_FOREACH (l, &g->listeners, entry) {
		v = mem_grow(v, n + 1, sizeof(*v));
		v[n] = (struct settings_listener) { .local = l->local };
		v[n].exact = l->local.family == AF_UNIX ||
		    !addr_is_any(&l->local);
		strlcpy(v[n++].path, l->path, sizeof(v->path));
	}
	g->settings = compile_settings(c, g->conf, v, n, &why);
	free(v);
	return g->settings == -1 ? cannot_compile(err, &why) : 0;
}

void
generation_undo(struct generation *g)
{
	if (g->settings != -1)
		close(g->settings);
	g->settings = -1;
	g->conf = NULL;
	listeners_undo(&g->listeners);
}

void
generation_close(struct generation *g)
{
	if (g->settings != -1)
		close(g->settings);
	g->settings = -1;
	listeners_close(&g->listeners);
}
