/* SPDX-License-Identifier: ISC */
#ifndef TINED_CONFIG_DUMP_H
#define TINED_CONFIG_DUMP_H

#include "config/types.h"

/* Writes the effective configuration in its own syntax, every directive; 0,
 * or -1 with errno. */
int dump_config(const struct config *c, int fd);

#endif
