/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <bsd/string.h>
#include <inttypes.h>
#include <stdio.h>

#include "tine/look/refused.h"

/* The time from a refusal for want of a token until there is one, at most. */
static int64_t
wait_ms(const struct rate *rate)
{
	return rate->rate == 0 ? 0 : (1000 + rate->rate - 1) / rate->rate;
}

/* What would happen to that source now. */
static void
now_text(const struct refused *r, const struct found *f, char *buf, size_t size)
{
	const struct look *l = &r->look;
	const struct overview_service
	    *s = &overview_services(l->view.o)[f->service];
	int64_t left = 0;

	switch (f->source.reason) {
	case REFUSED_ACCESS:
		strlcpy(buf, "no access", size);
		return;
	case REFUSED_INSTANCES:
		strlcpy(buf,
		    l->view.sums[f->service].sessions >= s->instances ? "full" :
									"free",
		    size);
		return;
	case REFUSED_PER_SOURCE:
		snprintf(buf, size, "%zu of %u sessions",
		    refused_sessions(r->tally, l, f->service, &f->source.addr),
		    s->per_source);
		return;
	case REFUSED_RATE:
		left = wait_ms(&s->cps);
		break;
	case REFUSED_SOURCE_RATE:
		left = wait_ms(&s->cps_per_source);
		break;
	default:
		break;
	}
	left += (int64_t)f->source.last_s * 1000 - l->now;
	if (left > 0)
		snprintf(buf, size, "free in %s",
		    units_print_time((double)left * NS_PER_MS).s);
	else
		strlcpy(buf, "free", size);
}

static char *
source_text(const struct overview_service *s, const struct addr *a, char *buf,
    size_t size)
{
	char ip[ADDR_TEXT_MAX];

	if (a->family == AF_UNIX)
		snprintf(buf, size, "uid:%u", a->cred.uid);
	else
		snprintf(buf, size, "%s/%u", addr_format_ip(a, ip, sizeof(ip)),
		    a->family == AF_INET ? s->prefix_v4 : s->prefix_v6);
	return buf;
}

/* Its times may be any: a session can have written them. */
static double
per_second(const struct refused_source *s)
{
	const uint32_t for_s = s->last_s > s->since_s ? s->last_s - s->since_s :
							0;

	return (double)s->count / ((double)for_s + 1);
}

static void
print_sources(const struct refused *r, const struct finds *f, size_t n)
{
	const struct overview_service *s = overview_services(r->look.view.o);
	static const char *const titles[] = { "FROM", "SERVICE", "REASON",
		"COUNT", "/s", "LAST", "NOW" };
	char from[ADDR_TEXT_MAX + 8], now[64];
	struct table t = { .format = "lllrrrl" };
	const struct found *one;
	size_t i;

	for (i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
		table_cell(&t, "%s", titles[i]);
	for (one = f->v; one < f->v + n; one++) {
		now_text(r, one, now, sizeof(now));
		table_cell(&t, "%s",
		    source_text(&s[one->service], &one->source.addr, from,
			sizeof(from)));
		table_cell(&t, "%s", s[one->service].name);
		table_cell(&t, "%s", refusal_name(one->source.reason));
		table_cell(&t, "%s", units_print_count(one->source.count).s);
		table_cell(&t, "%s", look_rate(per_second(&one->source)).s);
		table_cell(&t, "%s",
		    look_age(r->look.now - one->source.last_s * INT64_C(1000))
			.s);
		table_cell(&t, "%s", now);
	}
	table_print(&t, stdout);
}

static void
print_events(const struct refused *r, const struct finds *f, size_t n)
{
	const struct overview_service *s = overview_services(r->look.view.o);
	static const char *const titles[] = { "AGO", "PEER", "SERVICE",
		"REASON" };
	struct table t = { .format = "rlll" };
	char peer[ADDR_TEXT_MAX];
	const struct found *one;
	size_t i;

	for (i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
		table_cell(&t, "%s", titles[i]);
	for (one = f->v; one < f->v + n; one++) {
		table_cell(&t, "%s", look_age(r->look.now - one->event.ms).s);
		table_cell(&t, "%s",
		    addr_format(&one->event.peer, peer, sizeof(peer)));
		table_cell(&t, "%s", s[one->service].name);
		table_cell(&t, "%s", refusal_name(one->event.reason));
	}
	table_print(&t, stdout);
}

static void
print_json(const struct refused *r, const struct found *one)
{
	const struct overview_service
	    *s = &overview_services(r->look.view.o)[one->service];
	char text[ADDR_TEXT_MAX + 8], now[64];

	if (r->last != 0) {
		printf("{\"ago_ms\": %" PRId64 ", \"peer\": \"%s\", "
		       "\"service\": \"%s\", \"reason\": \"%s\"}\n",
		    r->look.now - one->event.ms,
		    addr_format(&one->event.peer, text, sizeof(text)), s->name,
		    refusal_name(one->event.reason));
		return;
	}
	now_text(r, one, now, sizeof(now));
	printf("{\"from\": \"%s\", \"service\": \"%s\", \"reason\": \"%s\", "
	       "\"count\": %u, \"per_second\": %.1f, \"last_ms\": %" PRId64
	       ", \"now\": \"%s\"}\n",
	    source_text(s, &one->source.addr, text, sizeof(text)), s->name,
	    refusal_name(one->source.reason), one->source.count,
	    per_second(&one->source),
	    r->look.now - one->source.last_s * INT64_C(1000), now);
}

void
refused_print(const struct finds *f, size_t n)
{
	if (f->r->last != 0)
		print_events(f->r, f, n);
	else
		print_sources(f->r, f, n);
}

void
refused_print_json(const struct finds *f, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		print_json(f->r, &f->v[i]);
}
