/* SPDX-License-Identifier: ISC */
/*
 * HdrHistogram's percentile format, values in milliseconds, for its plotter
 * (https://hdrhistogram.github.io/HdrHistogram/plotFiles.html).  The steps
 * halve the distance to 100 % five at a time, as its own writer's do.
 */
#include "config.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "tine/bench/report.h"

#define TICKS 5 /* for each half of the distance that is left */

static double
ms(double ns)
{
	return ns / 1e6;
}

static void
write_steps(FILE *f, const struct hist *h)
{
	uint64_t seen = 0;
	double next = 0, part;
	size_t i;

	for (i = 0; i < HIST_BUCKETS && seen < h->count; i++) {
		if (h->bucket[i] == 0)
			continue;
		seen += h->bucket[i];
		part = (double)seen / (double)h->count;
		while (seen < h->count && next <= part) {
			fprintf(f, "%12.6f %2.12f %10" PRIu64 " %14.2f\n",
			    ms((double)hist_quantile(h, part)), next, seen,
			    1 / (1 - next));
			next += (1 - next) / (2 * TICKS) > 1e-15 ?
			    0.5 / (TICKS * exp2(floor(log2(1 / (1 - next))))) :
			    1;
		}
	}
	fprintf(f, "%12.6f %2.12f %10" PRIu64 "\n", ms((double)h->max), 1.0,
	    h->count);
}

int
report_hgrm(const char *path, const struct hist *h)
{
	FILE *f;
	int failed;

	if ((f = fopen(path, "we")) == NULL)
		return -1;
	fprintf(f, "%12s %14s %10s %14s\n\n", "Value", "Percentile",
	    "TotalCount", "1/(1-Percentile)");
	if (h->count > 0)
		write_steps(f, h);
	fprintf(f, "#[Mean    = %12.6f, StdDeviation   = %12.6f]\n",
	    ms(hist_mean(h)), ms(hist_deviation(h)));
	fprintf(f, "#[Max     = %12.6f, Total count    = %12" PRIu64 "]\n",
	    ms((double)h->max), h->count);
	fprintf(f, "#[Buckets = %12d, SubBuckets     = %12d]\n", 32, 2048);
	failed = ferror(f);
	return fclose(f) == EOF || failed ? -1 : 0;
}
