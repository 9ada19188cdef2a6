/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tine/bench/progress.h"
#include "tine/term.h"
#include "tine/units.h"

#define BAR_MAX 30

/* Smooths the rate over about a second. */
struct pace {
	int64_t at;
	uint64_t requests;
	double rate;
};

static double
pace_now(struct pace *p, int64_t now, uint64_t requests)
{
	double seconds, rate;

	seconds = (double)(now - p->at) / 1e9;
	if (seconds < 0.01)
		return p->rate;
	rate = (double)(requests - p->requests) / seconds;
	p->rate = p->rate > 0 ? (p->rate * 3 + rate) / 4 : rate;
	p->at = now;
	p->requests = requests;
	return p->rate;
}

/* The part that is done, and an estimate of the seconds that are left. */
static double
part_done(const struct plan *p, int64_t now, uint64_t done, double rate,
    double *left)
{
	double part;

	*left = 0;
	if (p->end != 0) {
		*left = (double)(p->end - now) / 1e9;
		part = (double)(now - p->start) / (double)p->duration;
	} else {
		if (rate > 0 && done < p->total)
			*left = (double)(p->total - done) / rate;
		part = (double)done / (double)p->total;
	}
	if (*left < 0)
		*left = 0;
	return part < 1 ? part : 1;
}

void
progress_show(const struct plan *p, const struct worker *w)
{
	static const char full[] = "##############################";
	static const char empty[] = "..............................";
	static struct pace pace;
	char line[256];
	uint64_t requests = 0, errors = 0, i;
	struct term t = term_look(STDERR_FILENO);
	double part, left, rate;
	int64_t now = units_now();
	int k, width, filled;

	for (i = 0; i < p->threads; i++) {
		requests += w[i].tally.requests;
		for (k = 0; k < ERROR_KINDS; k++)
			errors += w[i].tally.errors[k];
	}
	if (pace.at == 0)
		pace.at = p->start;
	rate = pace_now(&pace, now, requests);
	part = part_done(p, now, requests + errors, rate, &left);
	width = t.width - 50 < BAR_MAX ? t.width - 50 : BAR_MAX;
	width = width < 0 ? 0 : width;
	filled = (int)(part * width);
	snprintf(line, sizeof(line),
	    "[%.*s%.*s] %3.0f%% %9s/s %6" PRIu64 " errors %5.0f s left", filled,
	    full, width - filled, empty, part * 100,
	    units_print_count((uint64_t)rate).s, errors, left);
	fprintf(stderr, "\r%.*s\033[K", t.width - 1, line);
	fflush(stderr);
}

void
progress_say(const char *what)
{
	if (!term_look(STDERR_FILENO).live)
		return;
	fprintf(stderr, "\r%s\033[K", what);
	fflush(stderr);
}

void
progress_clear(void)
{
	fputs("\r\033[K", stderr);
}
