/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <math.h>
#include <stdlib.h>

#include "tine/hist.h"

#define SUB_BITS 10 /* 1024 buckets for every doubling */

struct hist *
hist_new(void)
{
	struct hist *h;

	if ((h = calloc(1, sizeof(*h))) != NULL)
		h->min = UINT64_MAX;
	return h;
}

size_t
hist_index(uint64_t value)
{
	unsigned int shift;

	if (value > HIST_MAX)
		value = HIST_MAX;
	if (value < (2U << SUB_BITS))
		return (size_t)value;
	shift = 63 - (unsigned int)__builtin_clzll(value) - SUB_BITS;
	return ((size_t)shift << SUB_BITS) + (size_t)(value >> shift);
}

uint64_t
hist_lowest(size_t index)
{
	unsigned int shift;

	if (index < (2U << SUB_BITS))
		return index;
	shift = (unsigned int)(index >> SUB_BITS) - 1;
	return (uint64_t)(index - ((size_t)shift << SUB_BITS)) << shift;
}

uint64_t
hist_highest(size_t index)
{
	return index + 1 < HIST_BUCKETS ? hist_lowest(index + 1) - 1 : HIST_MAX;
}

void
hist_add(struct hist *h, uint64_t value)
{
	if (value > HIST_MAX)
		value = HIST_MAX;
	h->bucket[hist_index(value)]++;
	h->count++;
	if (value < h->min)
		h->min = value;
	if (value > h->max)
		h->max = value;
	h->sum += (double)value;
	h->squares += (double)value * (double)value;
}

void
hist_merge(struct hist *h, const struct hist *other)
{
	size_t i;

	for (i = 0; i < HIST_BUCKETS; i++)
		h->bucket[i] += other->bucket[i];
	h->count += other->count;
	if (other->min < h->min)
		h->min = other->min;
	if (other->max > h->max)
		h->max = other->max;
	h->sum += other->sum;
	h->squares += other->squares;
}

uint64_t
hist_quantile(const struct hist *h, double q)
{
	uint64_t rank, seen, value;
	size_t i;

	if (h->count == 0)
		return 0;
	rank = (uint64_t)ceil(q * (double)h->count);
	if (rank < 1)
		rank = 1;
	if (rank >= h->count)
		return h->max;
	seen = h->bucket[i = hist_index(h->min)];
	while (seen < rank && i + 1 < HIST_BUCKETS)
		seen += h->bucket[++i];
	value = hist_highest(i);
	return value < h->max ? value : h->max;
}

double
hist_mean(const struct hist *h)
{
	return h->count > 0 ? h->sum / (double)h->count : 0;
}

double
hist_deviation(const struct hist *h)
{
	double mean, variance;

	if (h->count == 0)
		return 0;
	mean = hist_mean(h);
	variance = h->squares / (double)h->count - mean * mean;
	return variance > 0 ? sqrt(variance) : 0;
}
