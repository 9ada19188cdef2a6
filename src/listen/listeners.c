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

#include "listen/inet.h"
#include "listen/listeners.h"
#include "listen/sharing.h"
#include "listen/taking.h"
#include "listen/tcpsock.h"
#include "listen/unixowner.h"
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

/* Adds the wants of one item of a list. */
static int
want_item(struct opening *o, struct listener_request *r, size_t item)
{
	const char *text = r->sc->listen.v[item].text, *why;
	struct addr_text at;
	struct want *w;

	why = addr_split(text, &at);
	if (why != NULL)
		return listener_fail(o->err, EX_CONFIG, "%s: listen %s: %s",
		    r->sc->name, text, why);
	if (at.kind == ADDR_INET)
		return inet_want(o, r, item, &at);
	if ((w = opening_want(o, r, item)) == NULL)
		return -1;
	w->kind = at.kind;
	w->asked.family = AF_UNIX;
	strlcpy(w->name, at.kind == ADDR_UNIX ? at.path : at.host,
	    sizeof(w->name));
	return 0;
}

static int
want_all(struct opening *o)
{
	struct listener_request *r;
	size_t i;

	for (r = o->v; r < o->v + o->n; r++)
		if (!r->stays && r->sc != NULL)
			for (i = 0; i < r->sc->listen.n; i++)
				if (want_item(o, r, i) == -1)
					return -1;
	return 0;
}

static int
open_unix(struct opening *o, const struct want *w, struct listener *l)
{
	enum unixpath_result result;

	if (l->fd != -1)
		return 0;
	if (sharing_allow(o, w, l) == -1)
		return -1;
	/* No service has it: it is the control socket. */
	if (listener_overlapping(l) != NULL)
		return listener_fail(o->err, EX_CONFIG,
		    "%s: listen %s: it is the control socket", w->r->sc->name,
		    w->text);
	do
		result = unixpath_open(l, w->r->sc, o->err);
	while (result == UNIXPATH_BUSY && opening_retry(o));
	return result == UNIXPATH_OPEN ? 0 : -1;
}

static int
open_all(struct opening *o)
{
	struct want *w = TAILQ_FIRST(&o->wants);
	struct listener *l;

	while (w != NULL) {
		if (w->kind == ADDR_INET) {
			if (inet_open(o, &w) == -1)
				return -1;
			continue;
		}
		if (w->kind == ADDR_UNIX &&
		    open_unix(o, w, TAILQ_FIRST(&w->got)) == -1)
			return -1;
		TAILQ_FOREACH (l, &w->got, entry)
			if (l->inherited && l->home == NULL)
				listener_apply(l, w->r->sc);
		w = TAILQ_NEXT(w, entry);
	}
	return 0;
}

/* Whether each service has at most as many as it may. */
static int
check_numbers(struct opening *o)
{
	const struct want *w, *next;
	const struct listener *l;
	size_t n = 0;

	TAILQ_FOREACH (w, &o->wants, entry) {
		TAILQ_FOREACH (l, &w->got, entry)
			n++;
		next = TAILQ_NEXT(w, entry);
		if (next != NULL && next->r == w->r)
			continue;
		if (n > SETTINGS_LISTENERS)
			return listener_fail(o->err, EX_CONFIG,
			    "%s: listen: %zu addresses, more than %d",
			    w->r->sc->name, n, SETTINGS_LISTENERS);
		n = 0;
	}
	return 0;
}

int
listeners_open(struct listener_request *v, size_t n, struct listener_error *err)
{
	struct opening o = { .v = v, .n = n, .err = err, .may_wait = true };
	struct want *w;
	int rc = -1;
	size_t i;

	for (i = 0; i < n; i++)
		if (v[i].own != NULL)
			o.may_wait = false;
	TAILQ_INIT(&o.wants);
	if (want_all(&o) == 0 && taking_all(&o) == 0 &&
	    sharing_check(&o) == 0 && open_all(&o) == 0) {
		sharing_absorb(&o);
		rc = check_numbers(&o);
	}
	while ((w = TAILQ_FIRST(&o.wants)) != NULL) {
		TAILQ_REMOVE(&o.wants, w, entry);
		if (rc == 0)
			TAILQ_CONCAT(w->r->out, &w->got, entry);
		else
			listeners_undo(&w->got);
		free(w);
	}
	for (i = 0; rc == -1 && i < n; i++)
		if (v[i].own != NULL)
			listeners_unshare(v[i].own);
	return rc;
}

void
listeners_undo(struct listener_list *list)
{
	struct listener *l;

	while ((l = TAILQ_FIRST(list)) != NULL)
		if (l->home != NULL)
			listener_move_back(l, list);
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
    struct listener_error *err)
{
	char name[ADDR_TEXT_MAX];
	struct listener *l;

	TAILQ_FOREACH (l, list, entry) {
		if (!l->waits)
			continue;
		if (tcpsock_listen(l->fd, sc) == -1)
			return listener_fail(err, EX_UNAVAILABLE,
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
		if (l->local.family != AF_UNIX && tcpsock_queued(l->fd) > 0)
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
