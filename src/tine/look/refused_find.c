/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "tine/look/refused.h"

static void
append(struct finds *f, const struct found *one)
{
	struct found *more;

	more = reallocarray(f->v, f->n + 1, sizeof(*more));
	if (more == NULL)
		err(CLI_FAILURE, "the list of refusals");
	f->v = more;
	f->v[f->n++] = *one;
}

static bool
is_reason(uint32_t reason)
{
	return reason > REFUSED_NOT && reason < REFUSED_REASONS;
}

static void
take_events(struct finds *f, uint32_t service, const struct refusals *r)
{
	struct found one = { .service = service };
	unsigned int i;

	for (i = 0; i < REFUSALS_LAST; i++) {
		one.event = r->last[i];
		if (one.event.ms != 0 && is_reason(one.event.reason))
			append(f, &one);
	}
}

static void
take_sources(struct finds *f, uint32_t service, const struct refusals *r)
{
	const uint32_t now_s = (uint32_t)(f->r->look.now / 1000);
	struct found one = { .service = service };
	unsigned int i, k;

	for (i = 0; i < REFUSALS_BUCKETS; i++)
		for (k = 0; k < REFUSALS_WAYS; k++) {
			one.source = r->source[i][k];
			one.source.count = refusals_count(&one.source, now_s);
			if (one.source.count > 0 &&
			    is_reason(one.source.reason))
				append(f, &one);
		}
}

void
refused_take(void *arg, uint32_t service, const struct refusals *r)
{
	struct finds *f = arg;

	if (f->r->last != 0)
		take_events(f, service, r);
	else
		take_sources(f, service, r);
}

static int
by_source(const void *va, const void *vb)
{
	const struct found *a = va, *b = vb;

	if (a->service != b->service)
		return a->service < b->service ? -1 : 1;
	return memcmp(&a->source.addr, &b->source.addr, sizeof(a->source.addr));
}

static int
by_count(const void *va, const void *vb)
{
	const struct found *a = va, *b = vb;

	if (a->source.count != b->source.count)
		return a->source.count > b->source.count ? -1 : 1;
	return by_source(va, vb);
}

static int
by_time(const void *va, const void *vb)
{
	const struct found *a = va, *b = vb;

	return (a->event.ms < b->event.ms) - (a->event.ms > b->event.ms);
}

/* Adds up what several acceptors have of one source. */
static void
merge(struct finds *f)
{
	struct refused_source *to, *from;
	size_t i, n = 0;

	qsort(f->v, f->n, sizeof(*f->v), by_source);
	for (i = 0; i < f->n; i++) {
		if (n == 0 || by_source(&f->v[n - 1], &f->v[i]) != 0) {
			f->v[n++] = f->v[i];
			continue;
		}
		to = &f->v[n - 1].source;
		from = &f->v[i].source;
		to->count = from->count > UINT32_MAX - to->count ?
		    UINT32_MAX :
		    to->count + from->count;
		if (from->since_s < to->since_s)
			to->since_s = from->since_s;
		if (from->last_s > to->last_s) {
			to->last_s = from->last_s;
			to->reason = from->reason;
		}
	}
	f->n = n;
	qsort(f->v, f->n, sizeof(*f->v), by_count);
}

void
refused_sort(struct finds *f)
{
	if (f->r->last == 0)
		merge(f);
	else
		qsort(f->v, f->n, sizeof(*f->v), by_time);
}
