/* SPDX-License-Identifier: ISC */
/*
 * Histograms in shared memory: each has one writer, which adds a value in a few
 * instructions, and any number of readers.
 */
#ifndef TINED_IPC_HISTOGRAM_H
#define TINED_IPC_HISTOGRAM_H

#include <stdatomic.h>
#include <stdint.h>

enum histogram_kind {
	HISTOGRAM_SPAWN,    /* us from accept to the return of clone */
	HISTOGRAM_DURATION, /* ms of a session */
	HISTOGRAM_SENT,     /* bytes of a session */
	HISTOGRAMS
};

#define HISTOGRAM_BUCKETS                                                      \
	27 /* of the longest, that of larger values included */

struct histogram {
	_Atomic uint64_t sum;
	_Atomic uint64_t count[HISTOGRAM_BUCKETS];
};

/* Adds a value; the caller is the only writer. */
void histogram_add(struct histogram *h, enum histogram_kind kind, uint64_t v);

/* How many bounds there are; the bucket behind the last one has what is larger. */
unsigned int histogram_bounds(enum histogram_kind kind);

/* The highest value in bucket i, i < histogram_bounds. */
uint64_t histogram_bound(enum histogram_kind kind, unsigned int i);

/* How many values there are. */
uint64_t histogram_total(const struct histogram *h);

/*
 * The bound of the bucket that has the value above so many of a thousand others:
 * 500 is the median.  UINT64_MAX where that is above the last bound; 0 without
 * values.
 */
uint64_t histogram_quantile(const struct histogram *h, enum histogram_kind kind,
    unsigned int thousandth);

#endif
