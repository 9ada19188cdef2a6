/* SPDX-License-Identifier: ISC */
/*
 * The listeners of all services.  They are opened in steps that succeed or
 * leave everything as it was.
 */
#include "config.h"

#include <netinet/in.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include <bsd/string.h>

#include "listen/listeners.h"
#include "listen/opening.h"
#include "listen/tcpsock.h"
#include "listen/unixpath.h"
#include "logger/log.h"

void
listener_apply(const struct listener *l, const struct service_conf *sc)
{
	char name[ADDR_TEXT_MAX];
	bool freebind;

	listener_format(l, name, sizeof(name));
	if (l->local.family == AF_UNIX) {
		if (!l->inherited && unixowner_apply(l, sc) == -1)
			log_message(LEVEL_WARNING,
			    "%s: change mode or owner of %s: %s", sc->name,
			    name, strerror(errno));
	} else
		tcpsock_apply(l->fd, sc);

	/* Mode, address and backlog of an inherited one are not changed. */
	if (l->inherited)
		return;
	(void)tcpsock_listen(l->fd, sc);
	if (l->local.family == AF_UNIX)
		return;
	freebind = tcpsock_option(l->fd, IPPROTO_IP, IP_FREEBIND, 0) != 0;
	if (freebind != sc->freebind)
		log_message(LEVEL_WARNING,
		    "%s: freebind of %s changes at the next start only",
		    sc->name, name);
	/* Other IPv6 addresses always have it, configured or not. */
	if (l->local.family == AF_INET6 && addr_is_any(&l->local) &&
	    !l->covered && l->v6only != sc->v6only)
		log_message(LEVEL_WARNING,
		    "%s: v6only of %s changes at the next start only", sc->name,
		    name);
}

void
listener_close(struct listener *l)
{
	/* While fd is open the path's inode cannot become another's. */
	if (!l->inherited)
		unixpath_remove(l);
	listener_free(l);
}

/* Appends what one item of a service's addresses wants. */
static int
want_item(struct opening *o, const struct listener_request *r, size_t item)
{
	const char *text = r->sc->listen.v[item].text, *why;
	const struct addr asked = { .family = AF_UNIX };
	struct addr_text at;
	struct listener *l;

	why = addr_split(text, &at);
	if (why != NULL)
		return errors_fail(o->err, EX_CONFIG, "%s: listen %s: %s",
		    r->sc->name, text, why);
	if (at.kind == ADDR_INET)
		return inet_want(o, r, item, &at);
	if ((l = opening_want(o, r, item, &asked)) == NULL)
		return -1;
	l->inherited = at.kind == ADDR_INHERITED;
	strlcpy(l->path, at.path, sizeof(l->path));
	return 0;
}

static int
want_all(struct opening *o)
{
	const struct listener_request *r;
	size_t i;

	for (r = o->v; r < o->v + o->n; r++)
		if (!r->stays && r->sc != NULL)
			for (i = 0; i < r->sc->listen.n; i++)
				if (want_item(o, r, i) == -1)
					return -1;
	return 0;
}

static int
open_unix(struct opening *o, const struct listener_request *r,
    struct listener *l)
{
	if (l->fd != -1)
		return 0;
	if (sharing_allow(o, r, l) == -1)
		return -1;
	/* No service has it: it is the control socket. */
	if (listener_overlapping(l) != NULL)
		return errors_fail(o->err, EX_CONFIG,
		    "%s: listen %s: it is the control socket", r->sc->name,
		    l->text);
	while (unixpath_open(l, r->sc, o->err) == -1)
		if (!o->err->busy || !opening_retry(o))
			return -1;
	return 0;
}

/* Opens l, or all of its item, and returns the next one in *next. */
static int
open_next(struct opening *o, const struct listener_request *r,
    struct listener **next)
{
	struct listener *l = *next;

	if (!l->inherited && l->local.family != AF_UNIX)
		return inet_open(o, r, next);
	if (!l->inherited && open_unix(o, r, l) == -1)
		return -1;
	if (l->inherited && l->home == NULL)
		listener_apply(l, r->sc);
	*next = TAILQ_NEXT(l, entry);
	return 0;
}

static int
open_all(struct opening *o)
{
	const struct listener_request *r;
	struct listener *l;

	for (r = o->v; r < o->v + o->n; r++)
		for (l = TAILQ_FIRST(r->out); l != NULL;)
			if (open_next(o, r, &l) == -1)
				return -1;
	return 0;
}

/* Whether each service has at most as many as it may. */
static int
check_numbers(struct opening *o)
{
	const struct listener_request *r;
	const struct listener *l;
	size_t n;

	for (r = o->v; r < o->v + o->n; r++) {
		n = 0;
		TAILQ_FOREACH (l, r->out, entry)
			n++;
		if (n > SETTINGS_LISTENERS)
			return errors_fail(o->err, EX_CONFIG,
			    "%s: listen: %zu addresses, more than %d",
			    r->sc->name, n, SETTINGS_LISTENERS);
	}
	return 0;
}

int
listeners_open(struct listener_request *v, size_t n, bool wait,
    struct failure *err)
{
	struct opening o = { .v = v, .n = n, .err = err, .may_wait = wait };
	size_t i;

	if (want_all(&o) == 0 && taking_all(&o) == 0 &&
	    sharing_check(&o) == 0 && open_all(&o) == 0) {
		sharing_absorb(&o);
		if (check_numbers(&o) == 0)
			return 0;
	}
	for (i = 0; i < n; i++)
		listeners_undo(v[i].out);
	for (i = 0; i < n; i++)
		listeners_unshare(v[i].own);
	return -1;
}

void
listeners_undo(struct listener_list *list)
{
	struct listener *l;

	while ((l = TAILQ_FIRST(list)) != NULL)
		if (l->home != NULL)
			listener_return(l, list);
		else {
			TAILQ_REMOVE(list, l, entry);
			listener_close(l);
		}
}

void
listeners_settle(struct listener_list *list)
{
	struct listener *l;

	TAILQ_FOREACH (l, list, entry) {
		l->home = NULL;
		free(l->was_text);
		l->was_text = NULL;
	}
}

int
listeners_listen(struct listener_list *list, const struct service_conf *sc,
    struct failure *err)
{
	char name[ADDR_TEXT_MAX];
	struct listener *l;

	TAILQ_FOREACH (l, list, entry) {
		if (!l->waits)
			continue;
		if (tcpsock_listen(l->fd, sc) == -1)
			return errors_fail(err, EX_UNAVAILABLE,
			    "%s: listen %s: %s", sc->name,
			    listener_format(l, name, sizeof(name)),
			    strerror(errno));
		l->waits = false;
	}
	return 0;
}

void
listeners_unshare(struct listener_list *list)
{
	struct listener *l;

	TAILQ_FOREACH (l, list, entry)
		if (l->shared) {
			(void)tcpsock_share(l->fd, false);
			l->shared = false;
		}
}

bool
listeners_queued(const struct listener_list *list)
{
	const struct listener *l;

	TAILQ_FOREACH (l, list, entry)
		if (l->local.family != AF_UNIX &&
		    tcpsock_queue(l->fd, NULL) > 0)
			return true;
	return false;
}

void
listeners_close(struct listener_list *list)
{
	struct listener *l;

	while ((l = TAILQ_FIRST(list)) != NULL) {
		TAILQ_REMOVE(list, l, entry);
		listener_close(l);
	}
}
