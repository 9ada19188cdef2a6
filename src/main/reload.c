/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "base/mem.h"
#include "config/compile.h"
#include "logger/log.h"
#include "main/commands.h"
#include "main/handover.h"
#include "main/load.h"
#include "main/logproc.h"
#include "main/next.h"
#include "main/notify.h"
#include "main/overview_write.h"
#include "main/reload.h"
#include "main/state.h"

/* Over, and whether the new configuration is in force. */
static void
finish(struct tined *t, bool in_force)
{
	struct reload *r = &t->reload;
	const char *outcome;
	int code;

	r->stage = RELOAD_NONE;
	mem_release();
	if (in_force) {
		t->overview.reloads_ok++;
		t->overview.config_time = time(NULL);
	} else
		t->overview.reloads_refused++;
	overview_touch(t);
	outcome = verdict_end(&r->verdict, in_force, &code);
	state_ready(t);
	commands_reload_ends(t, buf_string(&r->verdict.lines), code, outcome);
	verdict_clear(&r->verdict);
	if (r->again) {
		r->again = false;
		reload_begin(t);
	}
}

static void
forget_config(struct reload *r)
{
	errors_free(&r->errors);
	lookup_end(&r->lookup);
	config_free(r->config);
	r->config = NULL;
}

/* It comes to nothing; the verdict has the reason. */
static void
refuse(struct tined *t)
{
	forget_config(&t->reload);
	finish(t, false);
}

void
reload_begin(struct tined *t)
{
	struct reload *r = &t->reload;

	if (t->stopping)
		return;
	if (r->stage != RELOAD_NONE) {
		r->again = true;
		return;
	}
	r->stage = RELOAD_LOOKUP;
	notify_reloading();
	verdict_begin(&r->verdict);
	commands_reload_begins(t);
	if (mem_reserve() == -1) {
		verdict_add(&r->verdict, EX_OSERR, "%s", strerror(errno));
		finish(t, false);
		return;
	}
	r->config = config_read(&t->options->source, &r->errors);
	if (lookup_start(&r->lookup, &t->watch, r->config->names, LOOKUP_MS) ==
	    0)
		return;
	verdict_add(&r->verdict, EX_OSERR, "looking up names: %s",
	    strerror(errno));
	refuse(t);
}

void
reload_abandon(struct tined *t)
{
	struct reload *r = &t->reload;

	r->again = false;
	if (r->stage == RELOAD_LOOKUP)
		forget_config(r);
	r->stage = RELOAD_NONE;
	mem_release();
	verdict_clear(&r->verdict);
	commands_stop(t);
}

/* Its names are known: whether it is a valid configuration. */
static bool
check(struct reload *r)
{
	const bool answered = r->config->names->nopen == 0;
	char why[LOOKUP_FAILURE_MAX];
	size_t i;

	if (answered && config_check(r->config, &r->errors) == 0)
		load_check_sandboxes(r->config, false, &r->errors);
	for (i = 0; i < r->errors.n; i++)
		verdict_add(&r->verdict,
		    r->errors.v[i].warning ? 0 : errors_exit_code(&r->errors),
		    "%s", r->errors.v[i].text);
	if (!answered) {
		verdict_add(&r->verdict, EX_UNAVAILABLE, "%s",
		    lookup_failure(&r->lookup, why, sizeof(why)));
		return false;
	}
	if (errors_any(&r->errors))
		log_message(LEVEL_ERROR, "the new configuration has errors");
	return !errors_any(&r->errors);
}

static void
put_in_force(struct tined *t)
{
	struct reload *r = &t->reload;

	r->config->older = t->config;
	t->config = r->config;
	r->config = NULL;
	forget_config(r);
	commands_commit(t);
	logproc_settings(t);
	handover_begin(t);
	r->stage = RELOAD_HANDOVER;
}

static void
looked_up(struct tined *t)
{
	const struct config *c = t->reload.config;
	struct failure err;

	if (!check(&t->reload)) {
		refuse(t);
		return;
	}
	if (compile_check(c, &err) == 0 && next_make(t, c, &err) == 0 &&
	    commands_prepare(t, c, &err) == 0) {
		put_in_force(t);
		return;
	}
	next_undo(t);
	verdict_add(&t->reload.verdict, err.exit_code, "%s", err.text);
	refuse(t);
}

int64_t
reload_step(struct tined *t, int64_t now)
{
	struct reload *r = &t->reload;
	int64_t due;

	switch (r->stage) {
	case RELOAD_LOOKUP:
		if (!lookup_over(&r->lookup, now))
			return r->lookup.due;
		looked_up(t);
		return now;
	case RELOAD_HANDOVER:
		t->unswept = true;
		if ((due = handover_step(t, now)) != 0)
			return due;
		finish(t, true);
		return r->stage != RELOAD_NONE ? now : 0;
	default:
		return 0;
	}
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
	struct config **at = &t->config->older, *c;
	struct served *s, *next;

	TAILQ_FOREACH_SAFE (s, &t->served, entry, next) {
		if (!s->retired || s->lead != NULL ||
		    !TAILQ_EMPTY(&s->workers) || !TAILQ_EMPTY(&s->adopted) ||
		    s->ndropped != 0)
			continue;
		overview_touch(t);
		TAILQ_REMOVE(&t->served, s, entry);
		served_free(s);
		t->unswept = true;
	}
	/* There can be many old configurations, each in use for a service's old
	 * sessions: they are not searched in every turn. */
	if (!t->unswept)
		return;
	t->unswept = t->reload.stage == RELOAD_HANDOVER;
	while ((c = *at) != NULL) {
		if (is_used(t, c)) {
			at = &c->older;
			continue;
		}
		*at = c->older;
		c->older = NULL;
		config_free(c);
		mem_trim();
	}
}
