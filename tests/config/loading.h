/* SPDX-License-Identifier: ISC */
/*
 * What the tests of load_config share: short ways to call it, and what is to
 * come of it.
 */
#ifndef TINED_TESTS_MAIN_LOADING_H
#define TINED_TESTS_MAIN_LOADING_H

#include "config/conf.h"

#define COUNT(v) (sizeof(v) / sizeof((v)[0]))

extern struct errors errors; /* of the last load */

/* One built-in service from the command line, with one -o or NULL. */
struct config *load_builtin(const char *builtin, const char *set);

/* A file that holds the text. */
struct config *load_text(const char *text);

/* There is no configuration but that one error, which is forgotten then. */
void one_error(const struct config *c, const char *expected);

/* There is a configuration. */
void no_error(const struct config *c);

#endif
