/* SPDX-License-Identifier: ISC */
/*
 * A service's listeners, opened in one step that succeeds or leaves everything
 * as it was.
 */
#include "config.h"

#include <string.h>
#include <sysexits.h>

#include <bsd/string.h>

#include "main/listen/inherited.h"
#include "main/listen/opening.h"
#include "main/listen/unixpath.h"

static int
add_unix(struct opening *o, const char *text, const char *path)
{
	enum unixpath_result result;
	struct listener *l;

	if (o->held != NULL)
		TAILQ_FOREACH (l, o->held, entry)
			if (!l->inherited && strcmp(l->path, path) == 0) {
				opening_keep(o, l, text);
				return 0;
			}
	l = listener_new(text);
	if (l == NULL)
		return opening_failed(o);
	l->asked.family = l->local.family = AF_UNIX;
	strlcpy(l->path, path, sizeof(l->path));
	if (opening_check(o, l) == -1) {
		listener_close(l);
		return -1;
	}
	do
		result = unixpath_open(l, o->sc, o->err);
	while (result == UNIXPATH_BUSY && opening_retry(o));
	if (result != UNIXPATH_OPEN) {
		listener_close(l);
		return -1;
	}
	TAILQ_INSERT_TAIL(&o->fresh, l, entry);
	return 0;
}

/* Takes all held ones of that text; how many. */
static size_t
keep_inherited(struct opening *o, const char *text)
{
	struct listener *l, *next;
	size_t n = 0;

	l = o->held != NULL ? TAILQ_FIRST(o->held) : NULL;
	for (; l != NULL; l = next) {
		next = TAILQ_NEXT(l, entry);
		if (!l->inherited || strcmp(l->text, text) != 0)
			continue;
		opening_keep(o, l, text);
		n++;
	}
	return n;
}

static int
add_inherited(struct opening *o, const char *text, const char *name)
{
	struct listener_list list = TAILQ_HEAD_INITIALIZER(list);
	struct listener *l;

	if (keep_inherited(o, text) > 0)
		return 0;
	if (inherited_open(text, name, &list) == -1)
		return opening_failed(o);
	if (TAILQ_EMPTY(&list))
		return listener_fail(o->err, EX_UNAVAILABLE,
		    "%s: listen %s: no such name in LISTEN_FDNAMES",
		    o->sc->name, text);
	TAILQ_FOREACH (l, &list, entry)
		if (opening_check(o, l) == -1) {
			listeners_undo(&list, NULL);
			return -1;
		}
	TAILQ_FOREACH (l, &list, entry)
		listener_apply(l, o->sc);
	TAILQ_CONCAT(&o->fresh, &list, entry);
	return 0;
}

/* Adds what one item of the list stands for. */
static int
add(struct opening *o, const char *text)
{
	struct addr_text at;
	const char *why;

	why = addr_split(text, &at);
	if (why != NULL)
		return listener_fail(o->err, EX_CONFIG, "%s: listen %s: %s",
		    o->sc->name, text, why);
	switch (at.kind) {
	case ADDR_UNIX:
		return add_unix(o, text, at.path);
	case ADDR_INHERITED:
		return add_inherited(o, text, at.host);
	default:
		return inet_add(o, text, &at);
	}
}

void
listeners_undo(struct listener_list *list, struct listener_list *held)
{
	struct listener *l;

	while ((l = TAILQ_FIRST(list)) != NULL) {
		TAILQ_REMOVE(list, l, entry);
		if (l->kept && held != NULL) {
			l->kept = false;
			TAILQ_INSERT_TAIL(held, l, entry);
		} else
			listener_close(l);
	}
}

int
listeners_open(const struct service_conf *sc, struct listener_list *held,
    struct listener_list *out, struct listener_error *err)
{
	struct opening o = { .sc = sc, .held = held, .out = out, .err = err };
	const struct listener *l;
	size_t i, n = 0;

	TAILQ_INIT(&o.fresh);
	for (i = 0; i < sc->listen.n; i++)
		if (add(&o, sc->listen.v[i].text) == -1) {
			listeners_undo(&o.fresh, held);
			return -1;
		}
	TAILQ_FOREACH (l, &o.fresh, entry)
		n++;
	if (n > SPEC_LISTENERS) {
		listeners_undo(&o.fresh, held);
		return listener_fail(err, EX_CONFIG,
		    "%s: listen: these are %zu addresses, more than %d",
		    sc->name, n, SPEC_LISTENERS);
	}
	TAILQ_CONCAT(out, &o.fresh, entry);
	return 0;
}
