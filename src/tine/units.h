/* SPDX-License-Identifier: ISC */
/*
 * Numbers with units, from the command line and for people to read.
 * The parsers return NULL, or the reason why text is invalid.
 */
#ifndef TINED_TINE_UNITS_H
#define TINED_TINE_UNITS_H

#include <stdint.h>
#include <time.h>

/* What the printers return: printf("%s", units_print_time(ns).s). */
struct units_text {
	char s[32];
};

#define NS_PER_US INT64_C(1000)
#define NS_PER_MS INT64_C(1000000)
#define NS_PER_S  INT64_C(1000000000)

/* `500ms`, `1.5s`, `10m`, `2h`, `250us`; a number alone is seconds. */
const char *units_duration(const char *text, int64_t *ns);

/* `64`, `64k`, `16M`, `1G`: bytes, in powers of 1024. */
const char *units_size(const char *text, uint64_t *bytes);

/* `1000`, `20k`, `1.5M`: a number of things, in powers of 1000. */
const char *units_count(const char *text, uint64_t *count);

/* `2.31 ms`: three digits in the unit that fits. */
struct units_text units_print_time(double ns);

/* `1.21 GB`, in powers of 1000. */
struct units_text units_print_bytes(double bytes);

/* `1,234,567`. */
struct units_text units_print_count(uint64_t count);

/* CLOCK_MONOTONIC in nanoseconds. */
int64_t units_now(void);

/* A time to wait as ppoll takes it; negative ones become 0. */
void units_timespec(int64_t ns, struct timespec *ts);

#endif
