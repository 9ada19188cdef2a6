/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <bsd/string.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/title.h"
#include "ipc/scoreboard_main.h"
#include "logger/log.h"
#include "main/notify.h"
#include "main/state.h"
#include "main/workers.h"

#define REFRESH_MS    1000
#define LOST_AGAIN_MS 200

uint64_t
state_sessions(const struct tined *t)
{
	const struct served *s;
	uint64_t n = 0;

	TAILQ_FOREACH (s, &t->served, entry)
		n += scoreboard_sessions(s->board);
	return n;
}

/* `serving 2 services`, and for systemd how many connections. */
static void
compose_serving(const struct tined *t, char *buf, size_t size)
{
	uint64_t n = state_sessions(t);
	unsigned int broken = 0;
	const struct served *s;
	int len;

	len = snprintf(buf, size, "%s %zu service%s",
	    t->stopping ? "draining" : "serving", t->config->nservices,
	    t->config->nservices == 1 ? "" : "s");
	if (notify_wanted())
		len += snprintf(buf + len, size - (size_t)len,
		    ", %" PRIu64 " connection%s", n, n == 1 ? "" : "s");
	TAILQ_FOREACH (s, &t->served, entry)
		broken += workers_broken(s);
	if (broken > 0)
		snprintf(buf + len, size - (size_t)len,
		    ", %u listener%s given up", broken, broken == 1 ? "" : "s");
}

/* Composes the status and the title anew: whether they have changed.  A refused
 * reload comes first, until one succeeds; in the title without the reason, which
 * is too long. */
static bool
compose(struct tined *t)
{
	const char *refused = t->reload.verdict.refused;
	char serving[100], status[sizeof(t->status)], title[200];
	bool shown = !t->stopping && refused[0] != '\0';

	compose_serving(t, serving, sizeof(serving));
	if (shown)
		snprintf(status, sizeof(status), "%s (%s)", refused, serving);
	else
		strlcpy(status, serving, sizeof(status));
	if (strcmp(status, t->status) == 0)
		return false;
	strlcpy(t->status, status, sizeof(t->status));
	snprintf(title, sizeof(title), "main: %s%s", serving,
	    shown ? ", reload refused" : "");
	title_set(title);
	return true;
}

void
state_ready(struct tined *t)
{
	(void)compose(t);
	notify_send("READY=1\nSTATUS=%s", t->status);
}

/*
 * Main has no event when a connection comes or goes, so it looks.  Without
 * systemd it does not, so that an idle machine stays idle, and says no number:
 * the titles of the acceptors do.
 */
int64_t
state_refresh(struct tined *t, int64_t now)
{
	if (notify_wanted() && now - t->status_at < REFRESH_MS)
		return t->status_at + REFRESH_MS;
	t->status_at = now;
	if (compose(t))
		notify_send("STATUS=%s", t->status);
	return notify_wanted() ? now + REFRESH_MS : 0;
}

static uint64_t
refused_in_all(const struct scoreboard_counters *n)
{
	uint64_t sum = 0;
	unsigned int i;

	for (i = 0; i < REFUSED_REASONS; i++)
		sum += n->refused[i];
	return sum;
}

void
state_log(const struct tined *t)
{
	const struct served *s;
	struct scoreboard_counters n;
	uint64_t left;

	TAILQ_FOREACH (s, &t->served, entry) {
		scoreboard_sum(s->board, &n);
		left = scoreboard_leftovers(s->board);
		log_event(LEVEL_NOTICE, "state", "service", s->name, "sessions",
		    LOG_NUMBER(scoreboard_sessions(s->board)), "instances",
		    LOG_NUMBER(s->now.conf == NULL ? 0 :
						     s->now.conf->instances),
		    "acceptors",
		    LOG_NUMBER(workers_count(s, false, WORKER_READY)),
		    "accepted", LOG_NUMBER(n.accepted), "started",
		    LOG_NUMBER(n.started), "ended", LOG_NUMBER(n.ended),
		    "refused", LOG_NUMBER(refused_in_all(&n)), "lost",
		    LOG_NUMBER(n.lost), "in", LOG_NUMBER(n.in), "out",
		    LOG_NUMBER(n.out), left > 0 ? "leftovers" : NULL,
		    LOG_NUMBER(left), NULL);
		log_event(LEVEL_DEBUG, "scoreboard", "service", s->name,
		    "memory", LOG_NUMBER(scoreboard_memory(s->board)),
		    "memory_most",
		    LOG_NUMBER((uint64_t)s->board->npages * SCOREBOARD_PAGE),
		    NULL);
	}
	/* Left by sessions of dead acceptors: their service is unknown. */
	if (t->reaping.leftovers > 0)
		log_event(LEVEL_NOTICE, "state", "leftovers",
		    LOG_NUMBER(t->reaping.leftovers), NULL);
}

void
state_log_listening(const struct served *s, bool all)
{
	char text[ADDR_TEXT_MAX];
	const struct listener *l;

	TAILQ_FOREACH (l, &s->now.listeners, entry) {
		if (l->covered || (!all && l->home == &s->now.listeners))
			continue;
		log_event(LEVEL_NOTICE, "listening", "service", s->name,
		    "address", listener_format(l, text, sizeof(text)), NULL);
	}
}

/* In the service's own pipe, as its acceptors would have. */
static void
log_dropped(struct served *s)
{
	struct record r;

	record_begin(&r, LEVEL_WARNING, "lost");
	record_int(&r, "records", (int64_t)s->ndropped);
	if (record_send(&r, s->log[1]) == 0)
		s->ndropped = 0;
}

int64_t
state_log_lost(struct tined *t, int64_t now)
{
	bool again = log_report_lost();
	struct served *s;

	TAILQ_FOREACH (s, &t->served, entry) {
		if (s->ndropped != 0)
			log_dropped(s);
		again = again || s->ndropped != 0;
	}
	return again ? now + LOST_AGAIN_MS : 0;
}
