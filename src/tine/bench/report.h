/* SPDX-License-Identifier: ISC */
#ifndef TINED_BENCH_REPORT_H
#define TINED_BENCH_REPORT_H

#include "tine/bench/result.h"

/* The result for people (report_text.c), or as one JSON object, flat, with the
 * unit in every key that has one (report_json.c), on standard output. */
void report_text(const struct plan *p, const struct result *r);
void report_json(const struct plan *p, const struct result *r);

/* Writes latencies to a file (report_hgrm.c).  0, or -1 with errno. */
int report_hgrm(const char *path, const struct hist *h);

#endif
