/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tine/bench/report.h"
#include "tine/picture.h"
#include "tine/term.h"
#include "tine/units.h"

static void
print_plan(const struct plan *p, const struct result *r)
{
	printf("%s", p->peer.text);
	if (strcmp(p->peer.text, p->ep.text) != 0)
		printf(" (%s)", p->ep.text);
	printf(": %" PRIu64 " at once, ", p->connections);
	if (p->requests == 0)
		printf("connections kept");
	else
		printf("%" PRIu64 " request%s each", p->requests,
		    p->requests == 1 ? "" : "s");
	printf(", %" PRIu64 " bytes, ", p->request.size);
	if (p->rate != 0)
		printf("%" PRIu64 " due a second, ", p->rate);
	printf("%s\n\n", units_print_time(r->seconds * 1e9).s);
}

static void
print_rate(const char *what, uint64_t count, double seconds)
{
	printf("%-12s %14s %14s/s\n", what, units_print_count(count).s,
	    units_print_count((uint64_t)((double)count / seconds)).s);
}

static void
print_bytes(const char *what, uint64_t count, double seconds)
{
	printf("%-12s %14s %14s/s\n", what, units_print_bytes((double)count).s,
	    units_print_bytes((double)count / seconds).s);
}

static void
print_errors(const struct result *r, const struct term *t)
{
	const char *separator = " ";
	int k;

	printf("%-12s %s%14" PRIu64 "%s", "errors",
	    t->color && r->nerrors > 0 ? "\033[31m" : "", r->nerrors,
	    t->color && r->nerrors > 0 ? "\033[m" : "");
	for (k = 0; k < ERROR_KINDS; k++) {
		if (r->errors[k] == 0)
			continue;
		printf("%s%" PRIu64 " %s", separator, r->errors[k],
		    worker_error_names[k]);
		if (k == ERROR_OTHER)
			printf(" (%s)", strerror(r->other));
		separator = ", ";
	}
	putchar('\n');
	if (r->unanswered > 0)
		printf("%-12s %14" PRIu64
		       " closed before any answer: refused by a limit\n"
		       "%-27s of the server?  tined's per_source is 64\n",
		    "unanswered", r->unanswered, "");
	if (r->overdue > 0)
		printf("%-12s %14" PRIu64 " due, but never asked\n", "overdue",
		    r->overdue);
	if (r->waits > 0)
		printf("%-12s %14" PRIu64
		       " for a free port or a place in the queue\n",
		    "waits", r->waits);
}

static void
print_idle(const struct result *r)
{
	printf("%-12s %14" PRIu64 " held, %" PRIu64 " lost, %" PRIu64
	       " not opened\n",
	    "idle", r->idle_held, r->idle_lost, r->idle_failed);
}

static void
print_times(const char *what, const struct hist *h)
{
	static const double quantiles[] = { 0.5, 0.9, 0.99, 0.999, 1 };
	size_t i;

	printf("%-12s", what);
	for (i = 0; i < sizeof(quantiles) / sizeof(quantiles[0]); i++)
		printf(" %11s",
		    units_print_time((double)hist_quantile(h, quantiles[i])).s);
	putchar('\n');
}

void
report_text(const struct plan *p, const struct result *r)
{
	double seconds = r->seconds > 0 ? r->seconds : 1e-9;
	struct term t = term_look(STDOUT_FILENO);

	print_plan(p, r);
	print_rate("connections", r->connections, seconds);
	print_rate("requests", r->requests, seconds);
	print_bytes("received", r->received, seconds);
	print_errors(r, &t);
	if (p->idle > 0)
		print_idle(r);
	printf("\n%-12s %11s %11s %11s %11s %11s\n", "", "p50", "p90", "p99",
	    "p99.9", "max");
	print_times("connect", r->connect);
	print_times("request", r->request);
	if (r->request->count == 0)
		return;
	printf("\nshare of requests that took up to that long:\n");
	picture_draw(stdout, r->request, &t);
}
