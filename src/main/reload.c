/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <bsd/stdlib.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/clock.h"
#include "main/acceptors.h"
#include "main/commands.h"
#include "main/heap.h"
#include "main/log/log.h"
#include "main/logproc.h"
#include "main/notify.h"
#include "main/reload.h"
#include "main/sandboxes.h"
#include "main/state.h"
#include "main/verdict.h"

static void
say_errors(struct tined *t, const struct errors *e)
{
	size_t i;

	for (i = 0; i < e->n; i++) {
		if (e->v[i].warning)
			verdict_warn(t, "%s", e->v[i].text);
		else
			verdict_fail(t, EX_CONFIG, "%s", e->v[i].text);
	}
}

/* Whether every spec is another because of what all of them hold. */
static bool
specs_differ(const struct config *a, const struct config *b)
{
	return a->log_level != b->log_level || a->drain_ms != b->drain_ms;
}

static bool
is_pending(const struct served *s)
{
	return s->next.spec != -1;
}

/* The listeners of a service that is to go and has one of conf's addresses:
 * a service that was only renamed keeps its sockets. */
static struct listener_list *
lender(struct tined *t, const struct config *c, const struct service_conf *conf)
{
	struct listener *l;
	struct served *s;
	size_t i;

	TAILQ_FOREACH (s, &t->served, entry) {
		if (config_service(c, s->name) != NULL)
			continue;
		TAILQ_FOREACH (l, &s->now.listeners, entry)
			for (i = 0; i < conf->listen.n; i++)
				if (strcmp(l->text, conf->listen.v[i].text) ==
				    0)
					return &s->now.listeners;
	}
	return NULL;
}

/* An unchanged service is served where it was. */
static void
warn_kept(struct tined *t, const struct service_conf *conf)
{
	const char *why;
	size_t i;

	for (i = 0; i < conf->listen.n; i++)
		if ((why = config_listen_failure(conf, i)) != NULL)
			verdict_warn(t,
			    "%s: listen %s: %s (the addresses are kept)",
			    conf->name, conf->listen.v[i].text, why);
}

/* Makes the next generation of one service where it needs one. */
static int
make_next(struct tined *t, const struct config *c,
    const struct service_conf *conf, struct listener_error *err)
{
	struct served *s = served_find(&t->served, conf->name);
	struct listener_list *held;

	if (s != NULL && !s->retired && service_same(s->now.conf, conf) &&
	    !specs_differ(t->config, c)) {
		warn_kept(t, conf);
		return 0;
	}
	held = s != NULL ? &s->now.listeners : lender(t, c, conf);
	if (s == NULL) {
		if ((s = served_new(conf->name)) == NULL)
			return listener_fail(err, EX_OSERR, "%s: %s",
			    conf->name, strerror(errno));
		s->retired = true; /* until its first generation is ready */
		TAILQ_INSERT_TAIL(&t->served, s, entry);
		logproc_serve(t, s);
	}
	return generation_make(s, &s->next, &(struct wanted) { c, conf, held },
	    err);
}

/* Takes every next generation back, as if nothing had been asked. */
static void
undo_all(struct tined *t, const struct config *c)
{
	struct listener_list *held;
	struct served *s;

	TAILQ_FOREACH (s, &t->served, entry) {
		if (!is_pending(s))
			continue;
		held = &s->now.listeners;
		if (s->now.conf == NULL)
			held = lender(t, c, s->next.conf);
		generation_undo(&s->next, held);
	}
}

static void
retire(struct served *s)
{
	s->retired = true;
	s->missing = 0;
	acceptors_drain(s, -1, true);
	generation_close(&s->now);
}

/* From here on the new configuration is the one that counts. */
static void
put_in_force(struct tined *t, struct config *c)
{
	const struct service_conf *conf;
	struct config **old;
	struct served *s;

	old = reallocarray(t->old, t->nold + 1, sizeof(*old));
	if (old != NULL) {
		t->old = old;
		t->old[t->nold++] = t->config;
	}
	t->config = c;
	commands_commit(t);
	logproc_settings(t);
	TAILQ_FOREACH (s, &t->served, entry) {
		conf = config_service(c, s->name);
		if (conf == NULL && !s->retired)
			retire(s);
		else if (conf != NULL && !is_pending(s) && !s->retired)
			s->now.conf = conf;
		if (!is_pending(s))
			continue;
		s->next_due = clock_ms() + READY_MS;
		if (acceptors_start(t, s, &s->next, true) == -1)
			s->next_due = 1;
	}
	t->reloading = true;
}

static void
begin_again(struct tined *t)
{
	if (!t->reload_again)
		return;
	t->reload_again = false;
	reload_begin(t);
}

static void
forget_coming(struct tined *t)
{
	errors_free(&t->coming_errors);
	lookup_end(&t->lookup);
	config_free(t->coming);
	t->coming = NULL;
}

/* The one end of a reload that comes to nothing; why is known to verdict. */
static void
refused(struct tined *t)
{
	forget_coming(t);
	verdict_end(t, false);
	begin_again(t);
}

/* Whether the new configuration is good, now that its names are known. */
static bool
check_coming(struct tined *t)
{
	char why[LOOKUP_FAILURE_MAX];
	bool good;

	if (names_open(t->coming->names) > 0) {
		say_errors(t, &t->coming_errors);
		verdict_fail(t, EX_UNAVAILABLE, "%s",
		    lookup_failure(&t->lookup, why, sizeof(why)));
		return false;
	}
	good = config_check(t->coming, &t->coming_errors) == 0;
	if (good) {
		sandboxes_check(t->coming, false, &t->coming_errors);
		good = !errors_any(&t->coming_errors);
	}
	say_errors(t, &t->coming_errors);
	if (!good)
		log_message(LEVEL_ERROR, "the new configuration has errors");
	return good;
}

/* The new configuration has been read, and its names have been looked up. */
static void
reload_go_on(struct tined *t)
{
	const struct service_conf *conf;
	struct config *c = t->coming;
	struct listener_error err;

	if (!check_coming(t)) {
		refused(t);
		return;
	}
	TAILQ_FOREACH (conf, &c->services, entry)
		if (make_next(t, c, conf, &err) == -1) {
			undo_all(t, c);
			verdict_fail(t, err.exit_code, "%s", err.text);
			refused(t);
			return;
		}
	if (commands_prepare(t, c, &err) == -1) {
		undo_all(t, c);
		verdict_fail(t, err.exit_code, "%s", err.text);
		refused(t);
		return;
	}
	t->coming = NULL;
	forget_coming(t);
	put_in_force(t, c);
}

void
reload_begin(struct tined *t)
{
	if (t->stopping)
		return;
	if (t->reloading || t->coming != NULL) {
		t->reload_again = true;
		return;
	}
	notify_reloading();
	verdict_begin(t);
	t->coming = config_read(&t->options->source, &t->coming_errors);
	if (lookup_start(&t->lookup, &t->watch, t->coming->names, LOOKUP_MS) ==
	    0)
		return;
	verdict_fail(t, EX_OSERR, "looking names up: %s", strerror(errno));
	refused(t);
}

void
reload_abandon(struct tined *t)
{
	t->reload_again = false;
	t->reloading = false;
	if (t->coming != NULL)
		forget_coming(t);
	verdict_cancel(t);
}

/* The next generation takes over: now the old one stops accepting. */
static void
commit(struct tined *t, struct served *s)
{
	bool is_new = s->retired;
	struct acceptor *a;
	struct listener *l;

	acceptors_drain(s, -1, false);
	generation_close(&s->now);
	s->now.conf = s->next.conf;
	s->now.spec = s->next.spec;
	TAILQ_CONCAT(&s->now.listeners, &s->next.listeners, entry);
	s->next.spec = -1;
	s->next_due = 0;
	s->retired = false;
	s->missing = 0;
	s->backoff = 0;
	TAILQ_FOREACH (a, &s->acceptors, entry)
		a->next = false;
	TAILQ_FOREACH (l, &s->now.listeners, entry)
		listener_apply(l, s->now.conf);
	logproc_serve(t, s);
	state_say_listening(s, is_new);
}

static void
give_up(struct tined *t, struct served *s)
{
	struct acceptor *a;

	verdict_fail(t, EX_OSERR, "%s: the new acceptor is not ready, %s",
	    s->name,
	    s->now.conf == NULL ? "it is not served" : "the old one stays");
	TAILQ_FOREACH (a, &s->acceptors, entry)
		if (a->next)
			kill(a->pid, SIGKILL);
	generation_undo(&s->next,
	    s->now.conf == NULL ? NULL : &s->now.listeners);
	s->next_due = 0;
}

/* Acceptors of the next generation that still live. */
static unsigned int
count_next(const struct served *s)
{
	const struct acceptor *a;
	unsigned int n = 0;

	TAILQ_FOREACH (a, &s->acceptors, entry)
		if (a->next)
			n++;
	return n;
}

/* Looks at the generations that are being started; when to look again, or 0
 * when that is done. */
static int64_t
start_step(struct tined *t, int64_t now)
{
	int64_t due = 0;
	struct served *s;
	unsigned int want;

	TAILQ_FOREACH (s, &t->served, entry) {
		if (!is_pending(s))
			continue;
		want = s->next.conf->acceptors;
		if (acceptors_ready(s, true) == want)
			commit(t, s);
		else if (count_next(s) < want || s->next_due <= now)
			give_up(t, s);
		else
			due = clock_earlier(due, s->next_due);
	}
	if (due != 0)
		return due;
	t->reloading = false;
	verdict_end(t, true);
	begin_again(t);
	return t->coming != NULL ? now : 0;
}

int64_t
reload_step(struct tined *t, int64_t now)
{
	if (t->coming != NULL) {
		if (!lookup_over(&t->lookup, now))
			return t->lookup.due;
		reload_go_on(t);
		return now;
	}
	return t->reloading ? start_step(t, now) : 0;
}

static bool
is_used(const struct tined *t, const struct config *c)
{
	const struct service_conf *conf;
	const struct served *s;

	TAILQ_FOREACH (s, &t->served, entry)
		TAILQ_FOREACH (conf, &c->services, entry)
			if (s->now.conf == conf || s->next.conf == conf)
				return true;
	return false;
}

static bool
has_adopted(const struct tined *t, const struct served *s)
{
	const struct adopted *a;

	TAILQ_FOREACH (a, &t->adopted, entry)
		if (a->served == s)
			return true;
	return false;
}

void
reload_sweep(struct tined *t)
{
	struct served *s, *next;
	size_t i, before = t->nold;

	TAILQ_FOREACH_SAFE (s, &t->served, entry, next) {
		if (!s->retired || is_pending(s) ||
		    !TAILQ_EMPTY(&s->acceptors) || has_adopted(t, s) ||
		    s->unsaid != 0)
			continue;
		TAILQ_REMOVE(&t->served, s, entry);
		served_free(s);
	}
	for (i = 0; i < t->nold;) {
		if (is_used(t, t->old[i])) {
			i++;
			continue;
		}
		config_free(t->old[i]);
		t->old[i] = t->old[--t->nold];
	}
	if (t->nold < before)
		heap_trim();
}
