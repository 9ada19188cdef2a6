/* SPDX-License-Identifier: ISC */
/*
 * What the tests of logline share: a record as it was written last, which must
 * be one line and an object of its kind.
 */
#ifndef TINED_TESTS_MAIN_WRITTEN_H
#define TINED_TESTS_MAIN_WRITTEN_H

#include "logger/logline.h"
#include "logger/loglines.h"

extern char line[LOGLINE_MAX];        /* as it was written */
extern struct logline_read last_read; /* as it was read */

/* An event "stderr" of level info with that pair. */
struct record_fields one_pair(const char *key, const char *value);

/* The record as text, as JSON: a string, until the next one. */
const char *text_of(const struct record_fields *f);
const char *json_of(const struct record_fields *f);

/* The text can be read; last_read has it. */
void check_reads(const char *text);

#endif
