/* SPDX-License-Identifier: ISC */
/*
 * Printing a configuration, so that it is read back as it is.
 */
#ifndef TINED_CONFIG_PRINT_H
#define TINED_CONFIG_PRINT_H

#include "base/buf.h"
#include "config/directive.h"
#include "config/types.h"

/* Adds the value of conf's member, quoted where the syntax asks for it: `30s`,
 * `"text"`, `{"a", "b"}`. */
void print_value(struct buf *t, const struct directive *d, const void *conf);

/* Adds a service in the syntax of the file, every directive. */
void print_service(struct buf *t, const struct service_conf *sc);

/* Writes the effective configuration in its own syntax, every directive; 0,
 * or -1 with errno. */
int print_config(const struct config *c, int fd);

#endif
