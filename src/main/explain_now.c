/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <inttypes.h>

#include "base/clock.h"
#include "ipc/scoreboard.h"

#include "ipc/source.h"
#include "main/explain.h"
#include "main/explain_now.h"

/* The time until there is a token in a bucket, of which none is taken. */
static int64_t
wait_us(int64_t full_us, const struct rate *rate)
{
	_Atomic int64_t copy = full_us;

	return rate_take(&copy, rate, clock_us());
}

/* What becomes of one that has access, in the order of acceptor/accept.c. */
static void
print_verdict(FILE *fp, const struct served *s, const struct service_conf *conf,
    const struct addr *source)
{
	const bool queues = conf->when_full == WHEN_FULL_QUEUE;
	const char *full = queues ? "would wait" : "would be refused";
	int64_t us;

	if (s->paused)
		fprintf(fp, "now: would wait: the service is paused\n");
	else if (scoreboard_sessions(s->board) >= conf->instances)
		fprintf(fp, "now: %s: instances\n", full);
	else if (source_count(s->board, source) >= conf->per_source)
		fprintf(fp, "now: would be refused: per_source\n");
	else if ((us = source_wait(s->board, source, &conf->cps_per_source,
		      clock_us())) > 0)
		fprintf(fp,
		    "now: would be refused: cps_per_source, for %" PRId64
		    " ms more\n",
		    (us + 999) / 1000);
	else if ((us = wait_us(s->board->head->full_us, &conf->cps)) > 0)
		fprintf(fp, "now: %s: cps, for %" PRId64 " ms more\n", full,
		    (us + 999) / 1000);
	else
		fprintf(fp, "now: would be served\n");
}

int
explain_now(FILE *fp, const struct served *s, const struct addr *a)
{
	const struct service_conf *conf = served_conf(s);
	struct addr source = *a;
	char text[ADDR_TEXT_MAX];
	int allowed = -1;

	addr_format_ip(a, text, sizeof(text));
	if (conf != NULL)
		allowed = explain_access(fp, conf, a, text);
	if (allowed != 1)
		return allowed;
	addr_mask(&source, conf->prefix_v4, conf->prefix_v6);
	fprintf(fp, "sessions: %u of %u, from there %u of %u\n",
	    scoreboard_sessions(s->board), conf->instances,
	    source_count(s->board, &source), conf->per_source);
	print_verdict(fp, s, conf, &source);
	return 0;
}
