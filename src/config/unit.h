/* SPDX-License-Identifier: ISC */
/*
 * Numbers and the units behind them, and values as complaints show them.
 */
#ifndef TINED_CONFIG_UNIT_H
#define TINED_CONFIG_UNIT_H

#include <stdint.h>

#define DIGITS  "0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* What the name of a service consists of. */
#define NAME_LETTERS LETTERS DIGITS "_.-"

/* Reads `500ms`, `30s`, `10m`, `2h`; `64k`, `16M`, `1G`, `2T`.  NULL, or a
 * reason (constant); then the number is as it was. */
const char *unit_read_duration(const char *text, int64_t *ms);
const char *unit_read_size(const char *text, uint64_t *bytes);

/* The same in the largest unit that fits; the caller's. */
char *unit_print_duration(int64_t ms);
char *unit_print_size(uint64_t bytes);

/* A value as a complaint shows it: an empty one can be seen, and of a long one
 * its ends.  Valid until the next call. */
const char *unit_shown(const char *text);

#endif
