/* SPDX-License-Identifier: ISC */
/*
 * The line that a terminal shows while the load runs: a bar, the current rate,
 * errors, and the time that is left.  All on standard error.
 */
#ifndef TINED_BENCH_PROGRESS_H
#define TINED_BENCH_PROGRESS_H

#include "tine/bench/worker.h"

/* Shows a text, if that is a terminal. */
void progress_say(const char *what);

void progress_show(const struct plan *p, const struct worker *w);
void progress_clear(void);

#endif
