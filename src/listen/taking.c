/* SPDX-License-Identifier: ISC */
/*
 * Matches what is wanted with open listeners: of the same service first, then of
 * others that change or go.
 */
#include "config.h"

#include <bsd/sys/queue.h>
#include <errno.h>
#include <string.h>
#include <sysexits.h>

#include "listen/inherited.h"
#include "listen/opening.h"

/* A port 0 is the same only with the same text; one that is wanted by its actual
 * number is the same, too.  A v6only socket is not enough where IPv4 is wanted. */
static bool
is_same(const struct listener *want, const struct listener *l)
{
	if (want->inherited || l->inherited)
		return want->inherited && l->inherited &&
		    strcmp(l->text, want->text) == 0;
	if (want->local.family == AF_UNIX || l->local.family == AF_UNIX)
		return strcmp(l->path, want->path) == 0;
	if (l->local.family == AF_INET6 && addr_is_any(&l->local) &&
	    l->v6only && !want->v6only)
		return false;
	if (want->asked.port != 0 && l->asked.port == 0)
		return addr_equal(&l->local, &want->asked);
	return addr_equal(&l->asked, &want->asked) &&
	    (want->asked.port != 0 || strcmp(l->text, want->text) == 0);
}

/* Puts l, which is open, before want, with its text (`*:7` may be `:7`). */
static void
take(const struct listener_request *r, struct listener *want,
    struct listener *l, struct listener_list *from)
{
	listener_leave(l, from);
	TAILQ_INSERT_BEFORE(want, l, entry);
	l->item = want->item;
	/* A number of its service, see served.c. */
	if (l->local.family == AF_UNIX && from != r->own)
		l->local.port = 0;
	l->covered = false;
	if (l->inherited)
		return;
	l->asked = want->asked;
	l->was_text = l->text;
	l->text = want->text;
	want->text = NULL;
}

/* What takes its place is there. */
static void
drop(const struct listener_request *r, struct listener *want)
{
	TAILQ_REMOVE(r->out, want, entry);
	listener_free(want);
}

/* Puts what is in from in the place of want: whether there is any. */
static bool
take_from(const struct listener_request *r, struct listener *want,
    struct listener_list *from)
{
	struct listener *l, *next;
	bool taken = false;

	TAILQ_FOREACH_SAFE (l, from, entry, next)
		if ((!taken || want->inherited) && is_same(want, l)) {
			take(r, want, l, from);
			taken = true;
		}
	if (taken)
		drop(r, want);
	return taken;
}

/* A name is in one service only, sharing_check sees to that. */
static bool
take_from_others(struct opening *o, const struct listener_request *r,
    struct listener *want)
{
	const struct listener_request *other;

	for (other = o->v; other < o->v + o->n; other++)
		if (other != r && !other->stays &&
		    take_from(r, want, other->own))
			return true;
	return false;
}

static int
take_inherited(struct opening *o, const struct listener_request *r,
    struct listener *want)
{
	const int n = inherited_open(want);

	if (n == -1)
		return errors_fail(o->err, EX_OSERR, "%s: listen: %s",
		    r->sc->name, strerror(errno));
	if (n == 0)
		return errors_fail(o->err, EX_UNAVAILABLE,
		    "%s: listen %s: no such name in LISTEN_FDNAMES",
		    r->sc->name, want->text);
	drop(r, want);
	return 0;
}

int
taking_all(struct opening *o)
{
	const struct listener_request *r;
	struct listener *l, *next;

	for (r = o->v; r < o->v + o->n; r++)
		TAILQ_FOREACH_SAFE (l, r->out, entry, next)
			(void)take_from(r, l, r->own);
	for (r = o->v; r < o->v + o->n; r++)
		TAILQ_FOREACH_SAFE (l, r->out, entry, next)
			if (l->fd == -1 && !take_from_others(o, r, l) &&
			    l->inherited && take_inherited(o, r, l) == -1)
				return -1;
	return 0;
}
