/* SPDX-License-Identifier: ISC */
/*
 * Loading a configuration in one step, for callers that wait for it: the start,
 * -t, -T and --explain.
 */
#ifndef TINED_MAIN_LOAD_H
#define TINED_MAIN_LOAD_H

#include "config/conf.h"
#include "main/options.h"

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

/* Loads and checks the configuration as the mode of the command line requires, and
 * prints errors.  NULL with an exit status. */
struct config *load_for(const struct options *o, int *code);

#endif
