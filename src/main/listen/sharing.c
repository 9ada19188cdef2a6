/* SPDX-License-Identifier: ISC */
/*
 * Addresses that overlap.  Two of the new configuration never may.  What the
 * running configuration alone has will be closed, but not before the new one
 * is ready: until then both stand beside each other, which Linux permits by
 * SO_REUSEPORT (tcpsock.h).
 *
 * Of two that listen, the more specific address gets the connection.  So when
 * a narrower one follows a wider one, new connections are its own from the
 * moment that it listens, and the wider one can be closed once its queue is
 * empty.  When a wider one follows a narrower one, the narrower one gets
 * connections until it is closed, and closing it resets what is in its queue:
 * it is kept beside the wider one, as a listener of the same service.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "main/listen/opening.h"
#include "main/listen/overlap.h"
#include "main/listen/tcpsock.h"

static int
overlaps(struct opening *o, const struct want *w, const struct listener *l,
    const struct listener *have, const char *whose)
{
	char mine[ADDR_TEXT_MAX], other[ADDR_TEXT_MAX];

	return listener_fail(o->err, EX_CONFIG,
	    "%s: listen %s: overlaps %s, which %s", w->r->sc->name,
	    listener_format(l, mine, sizeof(mine)),
	    listener_format(have, other, sizeof(other)), whose);
}

/* Whether one of w's overlaps one in list, which is r's as well. */
static int
check_list(struct opening *o, const struct want *w,
    const struct listener_list *list, const struct listener_request *r)
{
	char whose[SPEC_NAME_MAX + 16] = "it has already";
	const struct listener *l, *have;

	if (r != w->r)
		snprintf(whose, sizeof(whose), "service %s has", r->sc->name);
	TAILQ_FOREACH (l, &w->got, entry)
		TAILQ_FOREACH (have, list, entry)
			if (overlap_listener(l, have))
				return overlaps(o, w, l, have, whose);
	return 0;
}

int
sharing_check(struct opening *o)
{
	const struct listener_request *r;
	const struct want *w, *before;

	TAILQ_FOREACH (w, &o->wants, entry) {
		for (r = o->v; r < o->v + o->n; r++)
			if (r->stays && check_list(o, w, r->own, r) == -1)
				return -1;
		TAILQ_FOREACH (before, &o->wants, entry) {
			if (before == w)
				break;
			if (check_list(o, w, &before->got, before->r) == -1)
				return -1;
		}
	}
	return 0;
}

int
sharing_allow(struct opening *o, const struct want *w, struct listener *l)
{
	struct listener_request *r;
	struct listener *have;

	for (r = o->v; r < o->v + o->n; r++) {
		if (r->stays || r->own == NULL)
			continue;
		TAILQ_FOREACH (have, r->own, entry) {
			if (!overlap_listener(l, have))
				continue;
			/* It stays open, whoever is to have it. */
			if (have->inherited)
				return overlaps(o, w, l, have,
				    "is an inherited listener of the running "
				    "configuration");
			if (tcpsock_share(have->fd, true) == -1)
				return overlaps(o, w, l, have,
				    "the running configuration has, and which "
				    "cannot be shared");
			have->shared = l->shared = l->waits = true;
		}
	}
	return 0;
}

/* The want that has an address so wide that it covers l; or NULL. */
static struct want *
find_covering(struct opening *o, const struct listener *l)
{
	const struct listener *wide;
	struct want *w;

	TAILQ_FOREACH (w, &o->wants, entry)
		TAILQ_FOREACH (wide, &w->got, entry)
			if (!wide->inherited &&
			    overlap_covers(&wide->local, wide->v6only,
				&l->local, l->v6only))
				return w;
	return NULL;
}

void
sharing_absorb(struct opening *o)
{
	struct listener_request *r;
	struct listener *l, *next;
	struct want *w;

	for (r = o->v; r < o->v + o->n; r++) {
		l = r->stays || r->own == NULL ? NULL : TAILQ_FIRST(r->own);
		for (; l != NULL; l = next) {
			next = TAILQ_NEXT(l, entry);
			if (l->inherited || (w = find_covering(o, l)) == NULL)
				continue;
			listener_move(l, r->own, &w->got);
			l->covered = true;
		}
	}
}
