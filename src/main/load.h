/* SPDX-License-Identifier: ISC */
/* A configuration in one step, for a caller that has nothing else to do
 * meanwhile: the start and -t. */
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

#endif
