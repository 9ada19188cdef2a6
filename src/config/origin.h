/* SPDX-License-Identifier: ISC */
/*
 * Where a configuration comes from: a file, the command line, or the default
 * that is built in.
 */
#ifndef TINED_CONFIG_ORIGIN_H
#define TINED_CONFIG_ORIGIN_H

#include "config/parse.h"

/* Reads what src names into c. */
void origin_read(struct config *c, const struct config_source *src,
    struct errors *errors);

#endif
