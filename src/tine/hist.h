/* SPDX-License-Identifier: ISC */
/*
 * A histogram of times with three significant digits and fixed memory.
 *
 * Log-linear, as HdrHistogram with 2048 sub-buckets: values below 2048 have a
 * bucket each, and every doubling above is divided into 1024 equal ones, so a
 * bucket is never wider than a thousandth of what it holds.  Minimum, maximum
 * and the moments are exact.
 */
#ifndef TINED_TINE_HIST_H
#define TINED_TINE_HIST_H

#include <stddef.h>
#include <stdint.h>

#define HIST_MAX     ((UINT64_C(1) << 42) - 1) /* 73 minutes in ns */
#define HIST_BUCKETS (31 * 1024 + 2048)

struct hist {
	uint64_t count;
	uint64_t min; /* of an empty one: UINT64_MAX */
	uint64_t max;
	double sum;
	double squares;
	uint64_t bucket[HIST_BUCKETS];
};

/* An empty one, to be freed with free(3); NULL with errno. */
struct hist *hist_new(void);

/* Adds a value; larger ones count as HIST_MAX. */
void hist_add(struct hist *h, uint64_t value);

/* Adds all of other. */
void hist_merge(struct hist *h, const struct hist *other);

/*
 * The quantile q (0 to 1): the upper end of its bucket, at most the maximum.  0
 * for an empty histogram.
 */
uint64_t hist_quantile(const struct hist *h, double q);

double hist_mean(const struct hist *h);
double hist_deviation(const struct hist *h);

/* The bucket of a value, and the lowest and highest value of a bucket. */
size_t hist_index(uint64_t value);
uint64_t hist_lowest(size_t index);
uint64_t hist_highest(size_t index);

#endif
