/* SPDX-License-Identifier: ISC */
/*
 * Loading a configuration in one step, for callers that wait for it: the start,
 * -t, -T and --explain.
 */
#ifndef TINED_MAIN_LOAD_H
#define TINED_MAIN_LOAD_H

#include "config/conf.h"

/*
 * config_read, the look-ups, for which it waits (TERM ends that), and
 * config_check.  NULL when there was any error; the caller frees errors in any
 * case.
 */
struct config *load_config(const struct config_source *src,
    struct errors *errors);

/* Adds an error for each service with sandbox_required where this kernel or build
 * lacks something its sandbox needs; with warn set, a warning for the others. */
void load_check_sandboxes(const struct config *c, bool warn,
    struct errors *errors);

/* Prints them all to standard error. */
void load_print_errors(const struct errors *errors);

#endif
