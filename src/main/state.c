/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <bsd/string.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/title.h"
#include "ipc/scoreboard_main.h"
#include "logger/log.h"
#include "main/acceptors.h"
#include "main/commands.h"
#include "main/notify.h"
#include "main/state.h"

#define REFRESH_MS 1000

uint64_t
state_sessions(const struct tined *t)
{
	const struct served *s;
	uint64_t n = 0;

	TAILQ_FOREACH (s, &t->served, entry)
		n += scoreboard_sessions(s->board);
	return n;
}

/* `serving 2 services`, and where somebody listens how many connections. */
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
		broken += acceptors_broken(s);
	if (broken > 0)
		snprintf(buf + len, size - (size_t)len,
		    ", %u listener%s given up", broken, broken == 1 ? "" : "s");
}

static bool
shows_refusal(const struct tined *t)
{
	return !t->stopping && t->verdict.refused[0] != '\0';
}

/* A refused reload comes first, until one is taken. */
static void
compose(const struct tined *t, char *buf, size_t size)
{
	char serving[100];

	compose_serving(t, serving, sizeof(serving));
	if (shows_refusal(t))
		snprintf(buf, size, "%s (%s)", t->verdict.refused, serving);
	else
		strlcpy(buf, serving, size);
}

/* The title says that a reload was refused; why is too long for it. */
static void
show_title(const struct tined *t)
{
	char serving[100], title[200];

	compose_serving(t, serving, sizeof(serving));
	snprintf(title, sizeof(title), "main: %s%s", serving,
	    shows_refusal(t) ? ", reload refused" : "");
	title_set(title);
}

void
state_ready(struct tined *t)
{
	compose(t, t->status, sizeof(t->status));
	notify_ready(t->status);
	show_title(t);
}

/*
 * Main has no event when a connection comes or goes, so it looks.  Without
 * systemd it does not, so that an idle machine stays idle, and says no number:
 * the titles of the acceptors do.
 */
int64_t
state_refresh(struct tined *t, int64_t now)
{
	char status[sizeof(t->status)];

	if (notify_wanted() && now - t->status_at < REFRESH_MS)
		return t->status_at + REFRESH_MS;
	t->status_at = now;
	compose(t, status, sizeof(status));
	if (strcmp(status, t->status) != 0) {
		strlcpy(t->status, status, sizeof(t->status));
		notify_status(t->status);
		show_title(t);
	}
	return notify_wanted() ? now + REFRESH_MS : 0;
}

static char *
number(uint64_t n, char *buf, size_t size)
{
	snprintf(buf, size, "%" PRIu64, n);
	return buf;
}

#define NUMBER(n) number(n, (char[24]) { "" }, 24)

static uint64_t
refused_in_all(const struct scoreboard_totals *n)
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
	struct scoreboard_totals n;
	uint64_t left;

	TAILQ_FOREACH (s, &t->served, entry) {
		scoreboard_sum(s->board, &n);
		left = scoreboard_leftovers(s->board);
		log_event(LEVEL_NOTICE, "state", "service", s->name, "sessions",
		    NUMBER(scoreboard_sessions(s->board)), "instances",
		    NUMBER(s->now.conf == NULL ? 0 : s->now.conf->instances),
		    "acceptors", NUMBER(acceptors_ready(s, false)), "accepted",
		    NUMBER(n.accepted), "started", NUMBER(n.started), "ended",
		    NUMBER(n.ended), "refused", NUMBER(refused_in_all(&n)),
		    "lost", NUMBER(n.lost), "in", NUMBER(n.in), "out",
		    NUMBER(n.out), left > 0 ? "leftovers" : NULL, NUMBER(left),
		    NULL);
		log_event(LEVEL_DEBUG, "scoreboard", "service", s->name,
		    "memory", NUMBER(scoreboard_memory(s->board)),
		    "memory_most",
		    NUMBER((uint64_t)scoreboard_npages(s->board) *
			SCOREBOARD_PAGE),
		    NULL);
	}
	commands_log(t);
	/* Of acceptors that have ended: whose they are is not known. */
	if (t->reaping.leftovers > 0)
		log_event(LEVEL_NOTICE, "state", "leftovers",
		    NUMBER(t->reaping.leftovers), NULL);
}

void
state_say_listening(const struct served *s, bool all)
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
