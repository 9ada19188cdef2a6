/* SPDX-License-Identifier: ISC */
/*
 * The sum of what all workers have counted.
 */
#ifndef TINED_BENCH_RESULT_H
#define TINED_BENCH_RESULT_H

#include <stdint.h>

#include "tine/bench/worker.h"

struct result {
	uint64_t connections, requests, sent, received;
	uint64_t errors[ERROR_KINDS], nerrors;
	uint64_t unanswered;
	uint64_t waits;
	uint64_t overdue; /* due in an open loop, and never sent */
	uint64_t idle_held, idle_failed, idle_lost;
	int other;
	double seconds;
	const struct hist *connect;
	const struct hist *request;
};

/* Adds up after the threads have ended; the histograms remain w[0]'s. */
void result_add_up(struct result *r, const struct plan *p,
    const struct worker *w);

#endif
