/* SPDX-License-Identifier: ISC */
/*
 * tine refused: the sources that were refused most, or the last refusals.
 */
#include "config.h"

#include <bsd/string.h>
#include <err.h>
#include <getopt.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tine/look/look.h"

struct refused {
	struct look look; /* first, for its options */
	const char *service;
	uint64_t limit;
	uint64_t last; /* --last: that many refusals, not sources */
};

/* A source or a refusal, and the service that has refused it. */
struct found {
	uint32_t service;
	struct refused_source source;
	struct refusal_event event;
};

struct finds {
	const struct refused *r;
	struct found *v;
	size_t n;
};

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

static void
take(void *arg, uint32_t service, const struct refusals *r)
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
		to->count += from->count;
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

/* The time from a refusal for want of a token until there is one, at most. */
static int64_t
wait_ms(const struct rate *rate)
{
	return rate->rate == 0 ? 0 : (1000 + rate->rate - 1) / rate->rate;
}

struct count {
	struct addr source;
	const struct overview_service *s;
	uint32_t n;
};

static bool
count_source(void *arg, uint32_t service, const struct scoreboard_slot *slot)
{
	struct count *c = arg;
	struct addr a = slot->peer;

	(void)service;
	addr_mask(&a, c->s->prefix_v4, c->s->prefix_v6);
	c->n += addr_equal(&a, &c->source);
	return true;
}

/* What would happen to that source now. */
static void
now_text(const struct refused *r, const struct found *f, char *buf, size_t size)
{
	const struct look *l = &r->look;
	const struct overview_service
	    *s = &overview_services(l->view.o)[f->service];
	struct count c = { .source = f->source.addr, .s = s };
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
		view_sessions(&l->view, f->service, count_source, &c);
		snprintf(buf, size, "%u of %u sessions", c.n, s->per_source);
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

static double
per_second(const struct refused_source *s)
{
	return (double)s->count / (s->last_s - s->since_s + 1);
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

static int
show(struct refused *r, struct finds *f)
{
	const uint64_t limit = r->last != 0 ? r->last : r->limit;
	size_t i, n;

	if (r->last == 0)
		merge(f);
	else
		qsort(f->v, f->n, sizeof(*f->v), by_time);
	n = limit != 0 && limit < f->n ? (size_t)limit : f->n;
	if (r->look.ask.json)
		for (i = 0; i < n; i++)
			print_json(r, &f->v[i]);
	else if (n > 0 && r->last != 0)
		print_events(r, f, n);
	else if (n > 0)
		print_sources(r, f, n);
	return cli_flush() == -1 || n == 0 ? CLI_FAILURE : 0;
}

static int
find_and_show(struct refused *r)
{
	struct finds f = { .r = r };
	int64_t only = -1;
	uint32_t i;
	int status;

	if (r->service != NULL &&
	    (only = look_service(&r->look, r->service)) == -1) {
		warnx("%s: no such service", r->service);
		return CLI_FAILURE;
	}
	for (i = 0; i < r->look.view.o->nservices; i++)
		if (only == -1 || only == i)
			view_refusals(&r->look.view, i, take, &f);
	status = f.n == 0 ? CLI_FAILURE : show(r, &f);
	free(f.v);
	return status;
}

static int
refused_run(int argc, char **argv)
{
	struct refused r = { .look.ask.command = &command_refused };
	int status;

	cli_parse(&command_refused, argc, argv, &r);
	if (optind < argc)
		cli_usage(&command_refused, "%s: too many arguments",
		    argv[optind]);
	if ((status = look_open(&r.look)) != 0)
		return status;
	status = find_and_show(&r);
	look_end(&r.look);
	return status;
}

static const struct cli_option options[] = {
	LOOK_OPTION_JSON,
	{ 0, "last", "N", "the last N refusals instead of sources", cli_count,
	    offsetof(struct refused, last) },
	{ 0, "limit", "N", "only the N sources refused most", cli_count,
	    offsetof(struct refused, limit) },
	{ 's', "service", "NAME", "only by this service", cli_text,
	    offsetof(struct refused, service) },
	LOOK_OPTION_SOCKET,
	{ 0 },
};

const struct cli_command command_refused = {
	.name = "refused",
	.purpose = "show who was refused, and why",
	.usage =
	    "tine refused [options]\n"
	    "\n"
	    "Shows the sources that the running tined has refused most, the reason\n"
	    "of the last refusal, and what would happen to them now. Counts are\n"
	    "halved every ten minutes.\n",
	.options = options,
	.permutes = true,
	.notes =
	    "With --json each is an object in a line of its own.\n"
	    "Exit status: 0, 1 no connection was refused, 69 tined is not running,\n"
	    "77 not allowed, 64 wrong usage.\n",
	.run = refused_run,
};
