/* SPDX-License-Identifier: ISC */
/*
 * Matches wants with open listeners: of the same service first, then of others
 * that change or go.
 */
#include "config.h"

#include <bsd/string.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "listen/inherited.h"
#include "listen/taking.h"

/* A port 0 is the same only with the same text; a want of its actual number
 * gets it, too.  A v6only socket is not enough for a want with IPv4. */
static bool
is_same_inet(const struct want *w, const struct listener *l)
{
	if (l->local.family == AF_UNIX)
		return false;
	if (l->local.family == AF_INET6 && addr_is_any(&l->local) &&
	    l->v6only && !w->r->sc->v6only)
		return false;
	if (w->asked.port != 0 && l->asked.port == 0)
		return addr_equal(&l->local, &w->asked);
	return addr_equal(&l->asked, &w->asked) &&
	    (w->asked.port != 0 || strcmp(l->text, w->text) == 0);
}

static bool
is_same(const struct want *w, const struct listener *l)
{
	if (w->kind == ADDR_INHERITED)
		return l->inherited && strcmp(l->text, w->text) == 0;
	if (l->inherited)
		return false;
	if (w->kind == ADDR_UNIX)
		return l->local.family == AF_UNIX &&
		    strcmp(l->path, w->name) == 0;
	return is_same_inet(w, l);
}

/* Moves l to w; the text may differ (`*:7`, `:7`). */
static int
take(struct want *w, struct listener *l, struct listener_list *from)
{
	char *text = strdup(w->text);

	if (text == NULL)
		return -1;
	l->was_text = l->text;
	l->text = text;
	listener_move(l, from, &w->got);
	if (w->kind == ADDR_INET)
		l->asked = w->asked;
	/* A number of its service, see served.c. */
	if (l->local.family == AF_UNIX && from != w->r->own)
		l->local.port = 0;
	l->covered = false;
	return 0;
}

static int
take_from(struct want *w, struct listener_list *from)
{
	struct listener *l, *next;

	for (l = TAILQ_FIRST(from); l != NULL; l = next) {
		next = TAILQ_NEXT(l, entry);
		if (!is_same(w, l))
			continue;
		if (take(w, l, from) == -1)
			return -1;
		if (w->kind != ADDR_INHERITED)
			break;
	}
	return 0;
}

static int
take_from_others(struct opening *o, struct want *w)
{
	struct listener_request *r;

	for (r = o->v; r < o->v + o->n; r++)
		if (r != w->r && !r->stays && r->own != NULL &&
		    (TAILQ_EMPTY(&w->got) || w->kind == ADDR_INHERITED) &&
		    take_from(w, r->own) == -1)
			return -1;
	return 0;
}

/* A new one, not open unless it is inherited. */
static int
make_new(struct opening *o, struct want *w)
{
	struct listener *l;

	if (w->kind == ADDR_INHERITED) {
		if (inherited_open(w->text, w->name, &w->got) == -1)
			return opening_failed(o, w);
		if (TAILQ_EMPTY(&w->got))
			return listener_fail(o->err, EX_UNAVAILABLE,
			    "%s: listen %s: no such name in LISTEN_FDNAMES",
			    w->r->sc->name, w->text);
		return 0;
	}
	if ((l = listener_new(w->text)) == NULL)
		return opening_failed(o, w);
	l->asked = l->local = w->asked;
	if (w->kind == ADDR_UNIX)
		strlcpy(l->path, w->name, sizeof(l->path));
	else
		l->v6only = w->r->sc->v6only;
	TAILQ_INSERT_TAIL(&w->got, l, entry);
	return 0;
}

int
taking_all(struct opening *o)
{
	struct want *w;

	TAILQ_FOREACH (w, &o->wants, entry)
		if (w->r->own != NULL && take_from(w, w->r->own) == -1)
			return opening_failed(o, w);
	TAILQ_FOREACH (w, &o->wants, entry) {
		if (TAILQ_EMPTY(&w->got) && take_from_others(o, w) == -1)
			return opening_failed(o, w);
		if (TAILQ_EMPTY(&w->got) && make_new(o, w) == -1)
			return -1;
	}
	return 0;
}
