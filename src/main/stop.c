/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <limits.h>
#include <signal.h>
#include <stdio.h>

#include "base/clock.h"
#include "logger/log.h"
#include "main/acceptors.h"
#include "main/notify.h"
#include "main/reload.h"
#include "main/state.h"
#include "main/stop.h"

#define GRACE_MS  2000  /* for the acceptor itself */
#define MARGIN_MS 15000 /* for the logger, and a machine that is busy */
#define EXTEND_MS 10000 /* between two demands for more time */

/* A service manager has its own limit for a stop.  It forgets what it was asked
 * for when its units are read again, so the demand is repeated. */
static int64_t
extend(struct tined *t, int64_t now)
{
	if (!notify_wanted())
		return 0;
	if (t->extend_at <= now) {
		notify_extend(t->stop_due - now + MARGIN_MS);
		t->extend_at = now + EXTEND_MS;
	}
	return t->extend_at;
}

static void
tell_all(struct tined *t, int64_t ms)
{
	int64_t now = clock_ms();
	struct served *s;

	t->drain_until = now + ms;
	t->stop_due = now + ms + SESSION_KILL_MS + GRACE_MS;
	TAILQ_FOREACH (s, &t->served, entry)
		acceptors_stop(s, ms > INT_MAX ? INT_MAX : (int)ms);
	adopt_stop(&t->adopted, t->drain_until);
}

void
stop_begin(struct tined *t)
{
	char sessions[24];
	struct served *s;

	if (t->stopping) {
		tell_all(t, 0);
		return;
	}
	t->stopping = true;
	reload_abandon(t);
	notify_stopping();
	snprintf(sessions, sizeof(sessions), "%llu",
	    (unsigned long long)state_sessions(t));
	log_event(LEVEL_NOTICE, "draining", "sessions", sessions, NULL);
	TAILQ_FOREACH (s, &t->served, entry) {
		s->missing = 0;
		generation_close(&s->now);
		generation_close(&s->next);
		listeners_close(&s->tail);
	}
	tell_all(t, t->config->drain_ms);
}

int64_t
stop_step(struct tined *t, int64_t now)
{
	struct acceptor *a;
	struct served *s;

	if (!t->stopping || t->stop_due == 0)
		return 0;
	if (t->stop_due > now)
		return clock_earlier(t->stop_due, extend(t, now));
	TAILQ_FOREACH (s, &t->served, entry)
		TAILQ_FOREACH (a, &s->acceptors, entry)
			kill(a->pid, SIGKILL);
	t->stop_due = 0;
	return 0;
}

bool
stop_is_over(const struct tined *t)
{
	const struct served *s;

	if (!t->stopping || adopt_count(&t->adopted) > 0)
		return false;
	TAILQ_FOREACH (s, &t->served, entry)
		if (!TAILQ_EMPTY(&s->acceptors))
			return false;
	return true;
}
