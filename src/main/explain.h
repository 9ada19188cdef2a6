/* SPDX-License-Identifier: ISC */
/* --explain: what would happen to a connection, and which line decides. */
#ifndef TINED_MAIN_EXPLAIN_H
#define TINED_MAIN_EXPLAIN_H

#include <stdio.h>

#include "config/conf.h"

/* Writes what the access rules and limits of a service are for a connection from
 * there, an address as it was written.  1: it has access, 0: it has none, -1: no
 * memory, which is written, too. */
int explain_access(FILE *fp, const struct service_conf *conf,
    const struct addr *a, const char *address);

/* Prints the answer; the exit status. */
int explain(const struct config *c, const char *service, const char *address);

#endif
