/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "config/lookups.h"
#include "main/next.h"
#include "main/workers.h"

/* Services that the running configuration does not have. */
static int
add_new_services(struct tined *t, const struct config *c, struct failure *err)
{
	const struct service_conf *conf;
	struct served *s;

	TAILQ_FOREACH (conf, &c->services, entry) {
		if (served_find(&t->served, conf->name) != NULL)
			continue;
		if ((s = served_new(conf->name)) == NULL)
			return errors_fail(err, EX_OSERR, "%s: %s", conf->name,
			    strerror(errno));
		s->retired = true; /* until its first generation is ready */
		TAILQ_INSERT_TAIL(&t->served, s, entry);
	}
	return 0;
}

/* An unchanged service keeps its addresses. */
static void
warn_kept(struct tined *t, const struct service_conf *conf)
{
	const char *why;
	size_t i;

	for (i = 0; i < conf->listen.n; i++)
		if ((why = lookups_failure(conf, &conf->listen, i)) != NULL)
			verdict_add(&t->reload.verdict, 0,
			    "%s: listen %s: %s (the addresses are kept)",
			    conf->name, conf->listen.v[i].text, why);
}

void
next_undo(struct tined *t)
{
	struct served *s;

	TAILQ_FOREACH (s, &t->served, entry)
		generation_undo(&s->next);
	TAILQ_FOREACH (s, &t->served, entry)
		listeners_unshare(&s->now.listeners);
}

int
next_make(struct tined *t, const struct config *c, struct failure *err)
{
	/* The settings of all services contain these. */
	const bool same_globals = t->config->log_level == c->log_level &&
	    t->config->drain_ms == c->drain_ms;
	struct listener_request *v, *r;
	struct served *s;
	size_t n = 0;
	int rc;

	if (add_new_services(t, c, err) == -1)
		return -1;
	TAILQ_FOREACH (s, &t->served, entry)
		n++;
	if ((v = calloc(n, sizeof(*v))) == NULL)
		return errors_fail(err, EX_OSERR, "listeners: %s",
		    strerror(errno));
	r = v;
	TAILQ_FOREACH (s, &t->served, entry) {
		r->sc = config_service(c, s->name);
		r->own = &s->now.listeners;
		r->out = &s->next.listeners;
		r->stays = r->sc != NULL && !s->retired && same_globals &&
		    config_same_service(s->now.conf, r->sc) &&
		    workers_broken(s) == 0;
		if (r->stays)
			warn_kept(t, r->sc);
		r++;
	}
	rc = listeners_open(v, n, t->starting, err);
	r = v;
	TAILQ_FOREACH (s, &t->served, entry) {
		if (rc == 0 && r->sc != NULL && !r->stays) {
			s->next.conf = r->sc;
			rc = generation_make(s, &s->next, c, err);
		}
		r++;
	}
	free(v);
	return rc;
}

static void
join(struct tined *t, struct served *a, struct served *b)
{
	struct served *s, *old;

	if (b->lead == NULL)
		b->lead = b;
	old = b->lead;
	if (old != a->lead)
		TAILQ_FOREACH (s, &t->served, entry)
			if (s->lead == old)
				s->lead = a->lead;
}

static bool
is_beside(const struct listener_list *list, const struct listener *waits)
{
	const struct listener *l;

	TAILQ_FOREACH (l, list, entry)
		if (l != waits && l->shared && listener_overlaps(l, waits))
			return true;
	return false;
}

/* Whether s hands l over, or has a listener that l, bound beside it, waits for. */
static bool
is_tied(const struct listener *l, const struct served *s)
{
	return l->home == &s->now.listeners ||
	    (l->waits &&
		(is_beside(&s->now.listeners, l) ||
		    is_beside(&s->next.listeners, l)));
}

void
next_group(struct tined *t)
{
	struct served *s, *other;
	struct listener *l;

	TAILQ_FOREACH (s, &t->served, entry)
		if (s->next.settings != -1)
			s->lead = s;
	TAILQ_FOREACH (s, &t->served, entry)
		TAILQ_FOREACH (l, &s->next.listeners, entry)
			TAILQ_FOREACH (other, &t->served, entry)
				if (is_tied(l, other))
					join(t, s, other);
}
