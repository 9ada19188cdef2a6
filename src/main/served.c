/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>

#include <bsd/string.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/io.h"
#include "config/compile.h"
#include "ipc/control.h"
#include "ipc/scoreboard_main.h"
#include "main/served.h"

/*
 * Bytes of SO_SNDBUF for each standard error in the queue: the kernel doubles
 * what is set, and a socket has room while a quarter of that is used.  Limited by
 * wmem_max, which is enough for about 130, except for root.
 */
#define STDERR_SIZE 1536

struct served *
served_new(const char *name)
{
	struct served *s;
	char title[SETTINGS_NAME_MAX + 48];
	static uint64_t last_number;

	if ((s = calloc(1, sizeof(*s))) == NULL)
		return NULL;
	s->number = ++last_number;
	strlcpy(s->name, name, sizeof(s->name));
	snprintf(title, sizeof(title), "tined scoreboard %s %" PRIu64, name,
	    s->number);
	TAILQ_INIT(&s->workers);
	TAILQ_INIT(&s->adopted);
	s->prefix_v4 = 32;
	s->prefix_v6 = 64;
	TAILQ_INIT(&s->now.listeners);
	TAILQ_INIT(&s->next.listeners);
	TAILQ_INIT(&s->tail);
	s->now.settings = s->next.settings = -1;
	s->log[0] = s->log[1] = s->stderrs[0] = s->stderrs[1] = -1;
	if ((s->board = scoreboard_new(title)) == NULL ||
	    pipe2(s->log, O_CLOEXEC | O_NONBLOCK) == -1 ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, s->stderrs) ==
		-1) {
		served_free(s);
		return NULL;
	}
	fcntl(s->log[1], F_SETPIPE_SZ, LOG_PIPE_SIZE);
	return s;
}

void
served_free(struct served *s)
{
	generation_close(&s->now);
	generation_close(&s->next);
	listeners_close(&s->tail);
	io_close(s->log[0]);
	io_close(s->log[1]);
	io_close(s->stderrs[0]);
	io_close(s->stderrs[1]);
	scoreboard_free(s->board);
	free(s);
}

void
served_error(struct served *s, const char *msg)
{
	strlcpy(s->error, msg, sizeof(s->error));
	s->error_time = time(NULL);
}

void
served_grown(struct served *s)
{
	const uint32_t npages = s->board->npages;
	struct worker *w;

	TAILQ_FOREACH (w, &s->workers, entry)
		if (w->npages < npages &&
		    control_send(w->control.fd, CONTROL_GREW, (int32_t)npages,
			NULL) == 0)
			w->npages = npages;
	scoreboard_announce(s->board);
}

/* Freeing a hole takes longer the more sessions map the scoreboard: main spends
 * at most a twentieth of its time on it. */
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
	io_sndbuf(s->stderrs[1], (int)n * STDERR_SIZE);
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

const struct service_conf *
served_conf(const struct served *s)
{
	return s->next.settings != -1 ? s->next.conf : s->now.conf;
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
 * A Unix listener's local address has no port.  In its place is a number, unique
 * in the service while the listener lives: the logger finds the path by it,
 * whatever generation a session is of.
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

int
generation_make(struct served *s, struct generation *g, const struct config *c,
    struct failure *err)
{
	struct settings_listener *v;
	const struct listener *l;
	size_t n = 0;

	number_unix(s, &g->listeners);
	TAILQ_FOREACH (l, &g->listeners, entry)
		n++;
	if ((v = calloc(n + 1, sizeof(*v))) == NULL)
		return errors_fail(err, EX_OSERR, "%s: %s", s->name,
		    strerror(errno));
	n = 0;
	TAILQ_FOREACH (l, &g->listeners, entry) {
		v[n] = (struct settings_listener) { .local = l->local };
		v[n].exact = l->local.family == AF_UNIX ||
		    !addr_is_any(&l->local);
		strlcpy(v[n++].path, l->path, sizeof(v->path));
	}
	g->settings = compile_settings(c, g->conf, v, n, err);
	free(v);
	return g->settings == -1 ? -1 : 0;
}

void
generation_advance(struct served *s)
{
	s->now.conf = s->next.conf;
	s->now.settings = s->next.settings;
	TAILQ_CONCAT(&s->now.listeners, &s->next.listeners, entry);
	s->next.conf = NULL;
	s->next.settings = -1;
	s->retired = false;
}

void
generation_undo(struct generation *g)
{
	g->conf = NULL;
	listeners_undo(&g->listeners);
	generation_close(g);
}

void
generation_close(struct generation *g)
{
	io_close(g->settings);
	g->settings = -1;
	listeners_close(&g->listeners);
}
