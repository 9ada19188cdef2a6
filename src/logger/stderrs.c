/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/stat.h>

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

#include <bsd/string.h>
#include <bsd/sys/queue.h>

#include "base/clock.h"
#include "base/io.h"
#include "logger/giver.h"
#include "logger/stderrs.h"

#define FULL_MS  60000 /* between two lines of a service that keeps too many */
#define RETRY_MS 100

#define TALKERS_OFFSET offsetof(struct stderrs, talkers)

static void ended(struct talker *t);

void
stderrs_init(struct stderrs *s, struct emit *emit, int main)
{
	*s = (struct stderrs) { .emit = emit, .main = main };
	talkers_init(&s->talkers, emit, ended);
	TAILQ_INIT(&s->dropped);
	TAILQ_INIT(&s->givers);
}

void
stderrs_complain(struct stderrs *s, const struct log_service *service,
    enum level level, const char *why)
{
	emit_event(s->emit, level, "log", "service", service->name, "msg", why,
	    NULL);
}

void
stderrs_retry_later(struct stderrs *s)
{
	if (s->retry_ms == 0)
		s->retry_ms = clock_ms() + RETRY_MS;
}

/* What main has */

static bool
tell_main(const struct stderrs *s, enum logger_report_type type,
    const struct talker *t)
{
	struct logger_report r = { .type = type, .stderr = t->which };

	strlcpy(r.service, t->service->name, sizeof(r.service));
	return io_send_fd(s->main, &r, sizeof(r), t->watch.fd) == 0;
}

static void
say_full(struct stderrs *s, struct log_service *service)
{
	int64_t now = clock_ms();
	char why[128];

	if (service->said_ms != 0 && now - service->said_ms < FULL_MS)
		return;
	service->said_ms = now;
	snprintf(why, sizeof(why),
	    "its programs keep %" PRIu32 " standard errors open, the most that "
	    "are kept: further ones may get /dev/null",
	    service->nkept);
	stderrs_complain(s, service, LEVEL_WARNING, why);
}

bool
stderrs_keep(struct stderrs *s, struct talker *t)
{
	struct log_service *service = t->service;

	if (t->kept)
		return true;
	if (service->nkept >= service->most.kept) {
		say_full(s, service);
		return false;
	}
	if (!tell_main(s, LOGGER_KEEP, t)) {
		stderrs_retry_later(s);
		return false;
	}
	t->kept = true;
	service->nkept++;
	return true;
}

/* Whether main need not be told, or has been. */
static bool
drop(struct stderrs *s, struct talker *t)
{
	struct log_service *service = t->service;

	if (t->kept && s->main != -1 && !tell_main(s, LOGGER_DROP, t))
		return false;
	/* Another one may take its place. */
	if (t->kept && service->nkept-- >= service->most.kept)
		s->retry_ms = clock_ms();
	talker_free(t);
	return true;
}

void
stderrs_let_go(struct stderrs *s, struct talker *t)
{
	if (drop(s, t))
		return;
	TAILQ_INSERT_TAIL(&s->dropped, t, place);
	stderrs_retry_later(s);
}

static void
ended(struct talker *t)
{
	if (t->giver != NULL)
		giver_advance(t->giver);
	else
		stderrs_let_go((struct stderrs *)(void *)((char *)t->all -
				   TALKERS_OFFSET),
		    t);
}

void
stderrs_without_main(struct stderrs *s)
{
	struct giver *g;

	s->main = -1;
	TAILQ_FOREACH (g, &s->givers, entry)
		giver_advance(g);
}

/* What main hands over */

static struct giver *
find(const struct stderrs *s, const struct stat *st)
{
	struct giver *g;

	TAILQ_FOREACH (g, &s->givers, entry)
		if (g->dev == st->st_dev && g->ino == st->st_ino)
			return g;
	return NULL;
}

int
stderrs_add(struct stderrs *s, struct log_service *service, int sock,
    const struct stderr_limits *limits)
{
	struct giver *g;
	struct stat st;

	service->most = *limits;
	if (fstat(sock, &st) == -1) {
		close(sock);
		return -1;
	}
	if ((g = find(s, &st)) != NULL) {
		close(sock);
		giver_advance(g);
		return 0;
	}
	if ((g = giver_new(s, service, sock, &st)) == NULL)
		return -1;
	TAILQ_INSERT_TAIL(&s->givers, g, entry);
	return 0;
}

int
stderrs_restore(struct stderrs *s, struct log_service *service,
    const struct stderr_msg *which, int fd)
{
	struct talker *t;

	if (!talker_is_read_end(fd)) {
		close(fd);
		return -1;
	}
	if ((t = talker_new(&s->talkers, service, which, fd)) == NULL)
		return -1;
	t->kept = true;
	service->nkept++;
	return 0;
}

/* In time */

static void
retry(struct stderrs *s)
{
	struct talker *t;
	struct giver *g;

	s->retry_ms = 0;
	TAILQ_FOREACH (g, &s->givers, entry)
		giver_retry(g);
	while ((t = TAILQ_FIRST(&s->dropped)) != NULL) {
		TAILQ_REMOVE(&s->dropped, t, place);
		if (drop(s, t))
			continue;
		TAILQ_INSERT_HEAD(&s->dropped, t, place);
		stderrs_retry_later(s);
		break;
	}
}

void
stderrs_tick(struct stderrs *s, int64_t now)
{
	struct giver *g, *next;

	if (s->retry_ms != 0 && s->retry_ms <= now)
		retry(s);
	talkers_tick(&s->talkers, now);
	if (!s->over)
		return;
	s->over = false;
	TAILQ_FOREACH_SAFE (g, &s->givers, entry, next)
		if (g->over && g->n == 0)
			giver_close(g);
}

int64_t
stderrs_due(const struct stderrs *s)
{
	return clock_earlier(s->retry_ms, s->talkers.report_ms);
}
