/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <bsd/string.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ipc/overview.h"
#include "ipc/scoreboard_main.h"
#include "main/ledger.h"
#include "main/overview_fill.h"

/* Where the arrays of a copy begin, which are filled in. */
struct arrays {
	struct overview_service *service;
	struct overview_listener *listener;
	struct overview_section *section;
	uint32_t *page;
};

static struct arrays
arrays_of(struct overview_head *h)
{
	struct arrays a = { .service = (void *)(h + 1) };

	a.listener = (void *)(a.service + h->nservices);
	a.section = (void *)(a.listener + h->nlisteners);
	a.page = (void *)(a.section + h->nsections);
	return a;
}

static void
count_place(struct overview_head *h, const struct scoreboard_place *p)
{
	h->nsections++;
	if (p->pages != NULL)
		h->npages += scoreboard_slots_pages(p->nslots);
}

static void
count(const struct tined *t, struct overview_head *h)
{
	const struct adopted *a;
	const struct listener *l;
	const struct served *s;
	const struct worker *w;

	TAILQ_FOREACH (s, &t->served, entry) {
		h->nservices++;
		TAILQ_FOREACH (l, &s->now.listeners, entry)
			h->nlisteners += !l->covered;
		count_place(h, scoreboard_ledger(s->board));
		TAILQ_FOREACH (w, &s->workers, entry)
			count_place(h, &w->place);
		TAILQ_FOREACH (a, &s->adopted, entry)
			count_place(h, &a->place);
	}
}

static uint32_t
state_of(const struct tined *t, const struct served *s)
{
	if (t->stopping)
		return OVERVIEW_DRAINING;
	if (s->retired)
		return OVERVIEW_RETIRED;
	return s->paused ? OVERVIEW_PAUSED : OVERVIEW_SERVING;
}

static void
fill_limits(struct overview_service *o, const struct service_conf *c)
{
	o->builtin = c->builtin;
	o->instances = c->instances;
	o->per_source = c->per_source;
	o->prefix_v4 = c->prefix_v4;
	o->prefix_v6 = c->prefix_v6;
	o->cps = c->cps;
	o->cps_per_source = c->cps_per_source;
	o->idle_ms = c->idle_ms;
	o->max_ms = c->max_ms;
	o->when_full = c->when_full;
}

static void
fill_service(const struct tined *t, const struct served *s,
    struct overview_service *o)
{
	const struct worker *w;

	strlcpy(o->name, s->name, sizeof(o->name));
	o->number = s->number;
	o->state = state_of(t, s);
	if (s->now.conf != NULL)
		fill_limits(o, s->now.conf);
	TAILQ_FOREACH (w, &s->workers, entry) {
		o->starting += w->state == WORKER_STARTING;
		o->ready += w->state == WORKER_READY;
		o->draining += w->state == WORKER_DRAINING;
	}
	o->restarts = s->restarts;
	strlcpy(o->error, s->error, sizeof(o->error));
	o->error_time = s->error_time;
	o->peak = scoreboard_peak(s->board);
	o->gone = *scoreboard_gone(s->board);
}

static uint32_t
broken_of(const struct served *s, unsigned int n)
{
	const struct worker *w;
	uint32_t sum = 0;

	TAILQ_FOREACH (w, &s->workers, entry)
		if (w->state == WORKER_READY && n < SETTINGS_LISTENERS)
			sum += (w->broken[n / 64] >> n % 64) & 1;
	return sum;
}

static void
fill_listeners(const struct served *s, uint32_t service, struct arrays *a)
{
	const struct listener *l;
	unsigned int n = 0;

	TAILQ_FOREACH (l, &s->now.listeners, entry) {
		if (!l->covered) {
			a->listener->service = service;
			a->listener->queue = l->queue;
			a->listener->queue_max = l->queue_max;
			a->listener->broken = broken_of(s, n);
			listener_format(l, a->listener->name,
			    sizeof(a->listener->name));
			a->listener++;
		}
		n++;
	}
}

/* page counts on in all sections. */
static void
fill_place(struct arrays *a, const struct scoreboard_place *p,
    struct overview_section section, uint32_t *page)
{
	const uint32_t n = p->pages == NULL ? 0 :
					      scoreboard_slots_pages(p->nslots);

	section.page = p->first;
	section.nsources = p->nsources;
	section.nslots = n == 0 ? 0 : p->nslots;
	section.slots = *page;
	*a->section++ = section;
	if (n > 0)
		memcpy(a->page + *page, p->pages, n * sizeof(*p->pages));
	*page += n;
}

static void
fill(const struct tined *t, struct overview_head *h)
{
	struct arrays a = arrays_of(h);
	uint32_t service = 0, page = 0;
	struct overview_section section;
	const struct adopted *adopted;
	const struct served *s;
	const struct worker *w;

	TAILQ_FOREACH (s, &t->served, entry) {
		fill_service(t, s, a.service++);
		fill_listeners(s, service, &a);
		section = (struct overview_section) { .service = service++,
			.kind = OVERVIEW_LEDGER };
		fill_place(&a, scoreboard_ledger(s->board), section, &page);
		section.kind = OVERVIEW_ACCEPTOR;
		TAILQ_FOREACH (w, &s->workers, entry) {
			section.pid = w->pid;
			fill_place(&a, &w->place, section, &page);
		}
		section.kind = OVERVIEW_ADOPTED;
		section.pid = 0;
		TAILQ_FOREACH (adopted, &s->adopted, entry)
			fill_place(&a, &adopted->place, section, &page);
	}
}

static void
fill_head(const struct tined *t, struct overview_head *h)
{
	const struct overview *o = &t->overview;

	strlcpy(h->version, settings_version(), sizeof(h->version));
	h->magic = OVERVIEW_MAGIC;
	h->pid = getpid();
	h->stopping = t->stopping;
	h->start_ms = o->start_ms;
	h->start_time = o->start_time;
	h->config_time = o->config_time;
	h->reloads_ok = o->reloads_ok;
	h->reloads_refused = o->reloads_refused;
	strlcpy(h->refused, t->reload.verdict.refused, sizeof(h->refused));
}

struct overview_head *
overview_compose(const struct tined *t, size_t *size)
{
	struct overview_head counts = { .magic = 0 }, *h;

	count(t, &counts);
	*size = overview_size(&counts);
	if (*size == 0) {
		errno = EFBIG;
		return NULL;
	}
	if ((h = calloc(1, *size)) == NULL)
		return NULL;
	*h = counts;
	fill_head(t, h);
	fill(t, h);
	return h;
}
