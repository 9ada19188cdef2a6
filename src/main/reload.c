/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <bsd/stdlib.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "logger/log.h"
#include "main/commands.h"
#include "main/handover.h"
#include "main/heap.h"
#include "main/logproc.h"
#include "main/next.h"
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

static void
keep_old_config(struct tined *t)
{
	struct config **old;

	old = reallocarray(t->old, t->nold + 1, sizeof(*old));
	if (old == NULL)
		return;
	t->old = old;
	t->old[t->nold++] = t->config;
}

/* From here on the new configuration is the one that counts. */
static void
put_in_force(struct tined *t, struct config *c)
{
	const struct service_conf *conf;
	struct served *s;

	keep_old_config(t);
	t->config = c;
	commands_commit(t);
	logproc_settings(t);
	TAILQ_FOREACH (s, &t->served, entry) {
		conf = config_service(c, s->name);
		if (conf != NULL && s->next.settings == -1 && !s->retired)
			s->now.conf = conf;
	}
	handover_begin(t);
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
	struct config *c = t->coming;
	struct listener_error err;

	if (!check_coming(t)) {
		refused(t);
		return;
	}
	if (generation_check(c, &err) == -1 || next_make(t, c, &err) == -1) {
		verdict_fail(t, err.exit_code, "%s", err.text);
		refused(t);
		return;
	}
	if (commands_prepare(t, c, &err) == -1) {
		next_undo(t);
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

/* Goes on with the one under way; when to look again, or 0. */
static int64_t
hand_over(struct tined *t, int64_t now)
{
	int64_t due;

	t->unswept = true;
	if ((due = handover_step(t, now)) != 0)
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
	return t->reloading ? hand_over(t, now) : 0;
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

void
reload_sweep(struct tined *t)
{
	struct served *s, *next;
	size_t i, before = t->nold;

	TAILQ_FOREACH_SAFE (s, &t->served, entry, next) {
		if (!s->retired || s->lead != NULL ||
		    !TAILQ_EMPTY(&s->acceptors) || !TAILQ_EMPTY(&s->adopted) ||
		    s->unsaid != 0)
			continue;
		TAILQ_REMOVE(&t->served, s, entry);
		served_free(s);
		t->unswept = true;
	}
	/* Each may belong to a service that is gone but for its sessions: there
	 * can be many, which are not looked through in every turn. */
	if (!t->unswept)
		return;
	t->unswept = t->reloading;
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
