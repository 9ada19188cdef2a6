/* SPDX-License-Identifier: ISC */
/*
 * Readers of log lines, as strict as can be, for the tests: what they take is
 * one line and gives back the values that went in.
 */
#ifndef TINED_TESTS_MAIN_LOGLINES_H
#define TINED_TESTS_MAIN_LOGLINES_H

#include <stdbool.h>
#include <stddef.h>

#define LOGLINES_PAIRS 40

struct logline_read {
	char level[16];
	char event[64];
	size_t n;
	char key[LOGLINES_PAIRS][64];
	char value[LOGLINES_PAIRS][8192];
};

/* Takes a line of logfmt, its newline included, apart.  False: it is none. */
bool logline_read(const char *line, size_t len, struct logline_read *out);

/* The value of a key, NULL where there is none. */
const char *logline_value(const struct logline_read *r, const char *key);

/* Whether it is one flat JSON object of UTF-8 and a newline. */
bool logline_is_json(const char *line, size_t len);

#endif
