/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <sysexits.h>

#include "base/clock.h"
#include "ipc/scoreboard_main.h"
#include "listen/listeners.h"
#include "main/handover.h"
#include "main/ledger.h"
#include "main/next.h"
#include "main/state.h"
#include "main/worker_control.h"
#include "main/workers.h"

#define TAIL_MS 1000 /* a handshake, and one packet of it sent again */
#define LOOK_MS 100  /* between two looks at a queue */

/* The running generation of s becomes the old one, and what it gives up for
 * narrower addresses its tail. */
static void
leave(struct served *s, int64_t now)
{
	struct listener *l, *next;

	TAILQ_FOREACH_SAFE (l, &s->now.listeners, entry, next)
		if (l->shared) {
			TAILQ_REMOVE(&s->now.listeners, l, entry);
			TAILQ_INSERT_TAIL(&s->tail, l, entry);
		}
	listeners_unshare(&s->tail);
	s->tail_at = now + TAIL_MS;
	s->tail_end = now + READY_MS;
	workers_replace(s);
	generation_close(&s->now);
	s->missing = 0;
}

static void
retire(struct served *s, int64_t now)
{
	s->retired = true;
	leave(s, now);
}

/* The next generation of s becomes the running one. */
static void
replace(struct served *s, int64_t now)
{
	bool is_new = s->retired;

	leave(s, now);
	generation_advance(s);
	scoreboard_use_buckets(s->board, s->now.conf->cps_per_source.rate != 0);
	if (ledger_follow(s) == -1)
		log_message(LEVEL_WARNING,
		    "%s: old sessions are counted by the old prefixes: %s",
		    s->name, strerror(errno));
	s->backoff = 0;
	listeners_unshare(&s->now.listeners);
	state_log_listening(s, is_new);
	listeners_settle(&s->now.listeners);
}

void
handover_begin(struct tined *t)
{
	const struct service_conf *conf;
	int64_t now = clock_ms();
	struct served *s;

	t->reload.ready_due = t->reload.settle_due = now + READY_MS;
	next_group(t);
	TAILQ_FOREACH (s, &t->served, entry) {
		conf = config_service(t->config, s->name);
		if (s->lead == NULL && !s->retired && conf == NULL)
			retire(s, now);
		if (s->next.settings == -1) {
			if (conf != NULL && !s->retired)
				s->now.conf = conf;
			continue;
		}
		(void)workers_start(t, s, &s->next, true);
	}
}

static void
end_group(struct tined *t, const struct served *lead)
{
	struct served *s;

	TAILQ_FOREACH (s, &t->served, entry)
		if (s->lead == lead) {
			listeners_unshare(&s->now.listeners);
			s->lead = NULL;
		}
}

static void
give_up(struct tined *t, struct served *lead)
{
	struct served *s;

	TAILQ_FOREACH (s, &t->served, entry) {
		if (s->lead != lead)
			continue;
		if (s != lead->failed && s->now.conf != NULL)
			verdict_add(&t->reload.verdict, EX_OSERR,
			    "%s: the old acceptor stays as well, since it "
			    "exchanges addresses with %s",
			    s->name, lead->failed->name);
		workers_kill(s, false);
		generation_undo(&s->next);
	}
}

/* What may fail before the group takes over: whether it has succeeded. */
static bool
prepare(struct tined *t, struct served *lead)
{
	struct failure err;
	struct served *s;

	TAILQ_FOREACH (s, &t->served, entry)
		if (s->lead == lead && s->next.settings != -1 &&
		    listeners_listen(&s->next.listeners, s->next.conf, &err) ==
			-1) {
			verdict_add(&t->reload.verdict, err.exit_code, "%s",
			    err.text);
			lead->failed = s;
			return false;
		}
	return true;
}

static void
take_over(struct tined *t, struct served *lead, int64_t now)
{
	struct listener *l;
	struct served *s;

	/* The new mode and options are in effect before the new acceptors
	 * accept. */
	TAILQ_FOREACH (s, &t->served, entry)
		if (s->lead == lead)
			TAILQ_FOREACH (l, &s->next.listeners, entry)
				listener_apply(l, s->next.conf);
	TAILQ_FOREACH (s, &t->served, entry) {
		if (s->lead != lead)
			continue;
		if (s->next.settings != -1)
			replace(s, now);
		else if (config_service(t->config, s->name) == NULL)
			retire(s, now);
	}
	t->reload.settle_due = now + READY_MS;
}

/* Waiting */

/* Sets waiting and failed of each group. */
static void
look_at_groups(struct tined *t, int64_t now)
{
	struct served *s;
	unsigned int want, ready, starting;

	TAILQ_FOREACH (s, &t->served, entry) {
		s->waiting = false;
		s->failed = NULL;
	}
	TAILQ_FOREACH (s, &t->served, entry) {
		if (s->next.settings == -1 || s->lead == NULL)
			continue;
		want = s->next.conf->acceptors;
		ready = workers_count(s, true, WORKER_READY);
		starting = workers_count(s, true, WORKER_STARTING);
		if (ready == want)
			continue;
		s->lead->waiting = true;
		if (ready + starting >= want && t->reload.ready_due > now)
			continue;
		if (s->lead->failed == NULL)
			verdict_add(&t->reload.verdict, EX_OSERR,
			    "%s: the new acceptor is not ready, %s", s->name,
			    s->now.conf == NULL ? "it is not served" :
						  "the old one stays");
		s->lead->failed = s;
	}
}

/* The old acceptors of s go on as long as its tail needs them. */
static int64_t
end_tail(struct served *s, int64_t now)
{
	if (TAILQ_EMPTY(&s->tail))
		return 0;
	if (s->tail_at <= now && s->tail_end > now &&
	    listeners_queued(&s->tail))
		s->tail_at = now + LOOK_MS;
	if (s->tail_at > now)
		return s->tail_at;
	listeners_close(&s->tail);
	return 0;
}

/* Whether old acceptors of s may still accept.  After settle_due they are not
 * waited for, but reported. */
static bool
is_settling(struct tined *t, struct served *s, int64_t now)
{
	struct worker *w;
	bool settling = false;

	TAILQ_FOREACH (w, &s->workers, entry) {
		if (w->state != WORKER_DRAINING || w->closed ||
		    w->control.fd == -1)
			continue;
		settling = true;
		if (t->reload.settle_due > now)
			continue;
		w->closed = true;
		verdict_add(&t->reload.verdict, 0,
		    "%s: the old acceptor %d does not answer, and may still "
		    "accept",
		    s->name, (int)w->pid);
	}
	return settling && t->reload.settle_due > now;
}

/* When to look again whether replaced acceptors have stopped accepting, or 0:
 * all have. */
static int64_t
settle(struct tined *t, int64_t now)
{
	int64_t due = 0, tail;
	struct served *s;

	TAILQ_FOREACH (s, &t->served, entry) {
		if ((tail = end_tail(s, now)) != 0) {
			due = clock_earlier(due, tail);
			t->reload.settle_due = tail + READY_MS;
		}
		due = clock_earlier(due, worker_control_tell(s, now));
		if (is_settling(t, s, now))
			due = clock_earlier(due, t->reload.settle_due);
	}
	return due;
}

int64_t
handover_step(struct tined *t, int64_t now)
{
	int64_t due = 0;
	struct served *s;

	look_at_groups(t, now);
	TAILQ_FOREACH (s, &t->served, entry) {
		if (s->lead != s)
			continue;
		if (s->failed == NULL && s->waiting) {
			due = t->reload.ready_due;
			continue;
		}
		if (s->failed == NULL && prepare(t, s))
			take_over(t, s, now);
		else
			give_up(t, s);
		end_group(t, s);
	}
	return clock_earlier(due, settle(t, now));
}
