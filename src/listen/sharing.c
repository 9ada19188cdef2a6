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

#include <bsd/sys/queue.h>
#include <stdio.h>
#include <sysexits.h>

#include "listen/opening.h"
#include "listen/tcpsock.h"

static int
overlaps(struct opening *o, const struct listener_request *r,
    const struct listener *l, const struct listener *have, const char *whose)
{
	char mine[ADDR_TEXT_MAX], other[ADDR_TEXT_MAX];

	return errors_fail(o->err, EX_CONFIG,
	    "%s: listen %s: overlaps %s, which %s", r->sc->name,
	    listener_format(l, mine, sizeof(mine)),
	    listener_format(have, other, sizeof(other)), whose);
}

static bool
is_inet(const struct listener *l)
{
	return !l->inherited && l->local.family != AF_UNIX;
}

/*
 * Whether l, of r, and m, of q, overlap.  Within the new configuration by the
 * configured v6only: an open socket keeps its own.
 */
static bool
overlap_asked(const struct listener_request *r, const struct listener *l,
    const struct listener_request *q, const struct listener *m)
{
	/* Several of one name. */
	if (l->inherited && r == q && l->item == m->item)
		return false;
	if (q->stays || !is_inet(l) || !is_inet(m))
		return listener_overlaps(l, m);
	return addr_overlaps(&l->local, r->sc->v6only, &m->local,
	    q->sc->v6only);
}

/* Whether l, of r, overlaps none of q that come before it. */
static int
check_list(struct opening *o, const struct listener_request *r,
    const struct listener *l, const struct listener_request *q)
{
	char whose[SETTINGS_NAME_MAX + 16] = "it has already";
	const struct listener *have;

	TAILQ_FOREACH (have, q->stays ? q->own : q->out, entry) {
		if (have == l)
			break;
		if (!overlap_asked(r, l, q, have))
			continue;
		if (r != q)
			snprintf(whose, sizeof(whose), "service %s has",
			    q->sc->name);
		return overlaps(o, r, l, have, whose);
	}
	return 0;
}

int
sharing_check(struct opening *o)
{
	const struct listener_request *r, *q;
	const struct listener *l;

	for (r = o->v; r < o->v + o->n; r++)
		TAILQ_FOREACH (l, r->out, entry) {
			for (q = o->v; q < o->v + o->n; q++)
				if (q->stays && check_list(o, r, l, q) == -1)
					return -1;
			for (q = o->v; q <= r; q++)
				if (!q->stays && check_list(o, r, l, q) == -1)
					return -1;
		}
	return 0;
}

/* Allows l to be bound beside open listeners in list. */
static int
allow_beside(struct opening *o, const struct listener_request *r,
    struct listener *l, struct listener_list *list)
{
	struct listener *have;

	TAILQ_FOREACH (have, list, entry) {
		if (have->fd == -1 || !listener_overlaps(l, have))
			continue;
		/* It stays open in any case. */
		if (have->inherited)
			return overlaps(o, r, l, have,
			    "is an inherited listener of the running "
			    "configuration");
		if (tcpsock_share(have->fd, true) == -1)
			return overlaps(o, r, l, have,
			    "the running configuration has, and which cannot "
			    "be shared");
		have->shared = l->shared = l->waits = true;
	}
	return 0;
}

int
sharing_allow(struct opening *o, const struct listener_request *r,
    struct listener *l)
{
	const struct listener_request *q;

	for (q = o->v; q < o->v + o->n; q++)
		/* In out, too: an open one takes IPv4 until it is v6only. */
		if (!q->stays &&
		    (allow_beside(o, r, l, q->own) == -1 ||
			allow_beside(o, r, l, q->out) == -1))
			return -1;
	return 0;
}

/* The service that has an address that covers l; or NULL. */
static const struct listener_request *
find_covering(struct opening *o, const struct listener *l)
{
	const struct listener_request *r;
	const struct listener *wide;

	for (r = o->v; r < o->v + o->n; r++)
		TAILQ_FOREACH (wide, r->out, entry)
			if (!wide->inherited &&
			    addr_covers(&wide->local, wide->v6only, &l->local,
				l->v6only))
				return r;
	return NULL;
}

void
sharing_absorb(struct opening *o)
{
	const struct listener_request *r, *to;
	struct listener *l, *next;

	for (r = o->v; r < o->v + o->n; r++) {
		if (r->stays)
			continue;
		TAILQ_FOREACH_SAFE (l, r->own, entry, next) {
			if (l->inherited || (to = find_covering(o, l)) == NULL)
				continue;
			listener_leave(l, r->own);
			TAILQ_INSERT_TAIL(to->out, l, entry);
			l->covered = true;
		}
	}
}
