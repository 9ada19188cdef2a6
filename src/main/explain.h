/* SPDX-License-Identifier: ISC */
/* --explain: what would happen to a connection, and which line decides. */
#ifndef TINED_MAIN_EXPLAIN_H
#define TINED_MAIN_EXPLAIN_H

#include "config/conf.h"

/* Prints the answer; the exit status. */
int explain(const struct config *c, const char *service, const char *address);

#endif
