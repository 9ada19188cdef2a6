/* SPDX-License-Identifier: ISC */
/*
 * What a `tine ping` shows.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tine/cli.h"
#include "tine/ping.h"
#include "tine/units.h"

#define LIVE_EVERY (100 * NS_PER_MS)

static double
ms(double ns)
{
	return ns / (double)NS_PER_MS;
}

static void
print_live(const struct ping *p)
{
	static int64_t last;
	int64_t now = units_now();
	char line[256];

	if (now - last < LIVE_EVERY)
		return;
	last = now;
	snprintf(line, sizeof(line),
	    "%" PRIu64 " sent, %" PRIu64 " answered, %" PRIu64
	    " corrupt, %" PRIu64 " lost, avg %.3f ms, max %.3f ms",
	    p->sent, p->answered, p->corrupt, p->lost, ms(hist_mean(p->answer)),
	    ms((double)p->answer->max));
	printf("\r%.*s\033[K", p->term.width - 1, line);
	fflush(stdout);
}

void
ping_print_round(const struct ping *p, const struct round *r, enum verdict v)
{
	const char *red, *normal;

	if (p->quiet) {
		if (p->term.live)
			print_live(p);
		return;
	}
	red = p->term.color ? "\033[31m" : "";
	normal = p->term.color ? "\033[m" : "";
	if (v == VERDICT_ANSWERED) {
		printf("%" PRIu64 " bytes from %s: seq=%" PRIu64, r->received,
		    r->ep->text, r->number);
		if (r->connect >= 0)
			printf(" connect=%.3f ms", ms((double)r->connect));
		if (p->request.kind != REQUEST_CONNECT)
			printf(" time=%.3f ms", ms((double)r->answer));
	} else {
		printf("%s%s%s from %s: seq=%" PRIu64 " %s", red,
		    v == VERDICT_LOST ? "lost" : "corrupt", normal, r->ep->text,
		    r->number, r->step);
		if (r->error != 0)
			printf(": %s", strerror(r->error));
	}
	putchar('\n');
	fflush(stdout);
}

static void
print_times(const char *what, const struct hist *h)
{
	if (h->count == 0)
		return;
	printf("%s min/avg/max/mdev = %.3f/%.3f/%.3f/%.3f ms, "
	       "p50/p90/p99 = %.3f/%.3f/%.3f ms\n",
	    what, ms((double)h->min), ms(hist_mean(h)), ms((double)h->max),
	    ms(hist_deviation(h)), ms((double)hist_quantile(h, 0.5)),
	    ms((double)hist_quantile(h, 0.9)),
	    ms((double)hist_quantile(h, 0.99)));
}

int
ping_print_summary(const struct ping *p, int64_t took)
{
	if (p->quiet && p->term.live)
		printf("\r\033[K");
	else if (!p->quiet)
		putchar('\n');
	printf("--- %s ping statistics ---\n", p->peer.text);
	printf("%" PRIu64 " sent, %" PRIu64 " answered, %" PRIu64
	       " corrupt, %" PRIu64 " lost (%.4g%%), time %s\n",
	    p->sent, p->answered, p->corrupt, p->lost,
	    p->sent > 0 ? 100 * (double)p->lost / (double)p->sent : 0,
	    units_print_time((double)took).s);
	print_times("connect", p->connect);
	print_times("answer", p->answer);
	return cli_flush();
}
