/* SPDX-License-Identifier: ISC */
/*
 * Addresses that overlap.  Two of the new configuration never may.  Those of
 * the running configuration alone are closed only after the new one is ready:
 * until then both exist, which Linux allows with SO_REUSEPORT (tcpsock.h).
 *
 * Of two that listen the more specific address gets a connection.  So if a
 * narrower one replaces a wider one, it gets all new connections once it
 * listens, and the wider one can be closed when its backlog is empty.  If a
 * wider one replaces a narrower one, the narrower one gets connections until
 * it is closed, and closing it resets those in its backlog: it is kept, as a
 * listener of the same service.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "listen/sharing.h"
#include "listen/tcpsock.h"

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

/*
 * Whether two overlap; v is the want of m, NULL where m's service does not
 * change.  Within the new configuration by the configured v6only: an open socket
 * keeps its own.
 */
static bool
overlap_asked(const struct want *w, const struct listener *l,
    const struct want *v, const struct listener *m)
{
	if (w->kind != ADDR_INET || v == NULL || v->kind != ADDR_INET)
		return listener_overlaps(l, m);
	return addr_overlaps(&l->local, w->r->sc->v6only, &m->local,
	    v->r->sc->v6only);
}

/* Whether w overlaps none in list, which is of v as above, and of service r. */
static int
check_list(struct opening *o, const struct want *w,
    const struct listener_list *list, const struct want *v,
    const struct listener_request *r)
{
	char whose[SETTINGS_NAME_MAX + 16] = "it has already";
	const struct listener *l, *have;

	if (r != w->r)
		snprintf(whose, sizeof(whose), "service %s has", r->sc->name);
	TAILQ_FOREACH (l, &w->got, entry)
		TAILQ_FOREACH (have, list, entry)
			if (overlap_asked(w, l, v, have))
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
			if (r->stays && check_list(o, w, r->own, NULL, r) == -1)
				return -1;
		TAILQ_FOREACH (before, &o->wants, entry) {
			if (before == w)
				break;
			if (check_list(o, w, &before->got, before, before->r) ==
			    -1)
				return -1;
		}
	}
	return 0;
}

/* Allows l to be bound beside open listeners in list. */
static int
allow_beside(struct opening *o, const struct want *w, struct listener *l,
    struct listener_list *list)
{
	struct listener *have;

	TAILQ_FOREACH (have, list, entry) {
		if (have->fd == -1 || !listener_overlaps(l, have))
			continue;
		/* It stays open in any case. */
		if (have->inherited)
			return overlaps(o, w, l, have,
			    "is an inherited listener of the running "
			    "configuration");
		if (tcpsock_share(have->fd, true) == -1)
			return overlaps(o, w, l, have,
			    "the running configuration has, and which cannot "
			    "be shared");
		have->shared = l->shared = l->waits = true;
	}
	return 0;
}

int
sharing_allow(struct opening *o, const struct want *w, struct listener *l)
{
	struct listener_request *r;
	struct want *v;

	for (r = o->v; r < o->v + o->n; r++)
		if (!r->stays && r->own != NULL &&
		    allow_beside(o, w, l, r->own) == -1)
			return -1;
	/* An open one takes IPv4 until it is v6only. */
	TAILQ_FOREACH (v, &o->wants, entry)
		if (v != w && allow_beside(o, w, l, &v->got) == -1)
			return -1;
	return 0;
}

/* The want with an address that covers l; or NULL. */
static struct want *
find_covering(struct opening *o, const struct listener *l)
{
	const struct listener *wide;
	struct want *w;

	TAILQ_FOREACH (w, &o->wants, entry)
		TAILQ_FOREACH (wide, &w->got, entry)
			if (!wide->inherited &&
			    addr_covers(&wide->local, wide->v6only, &l->local,
				l->v6only))
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
