/* SPDX-License-Identifier: ISC */
/* What would happen to a connection now: `tine explain`. */
#ifndef TINED_MAIN_EXPLAIN_NOW_H
#define TINED_MAIN_EXPLAIN_NOW_H

#include <stdio.h>

#include "main/served.h"

/* Writes the answer in lines; nothing is counted.  0, or -1: for lack of memory. */
int explain_now(FILE *fp, const struct served *s, const struct addr *a);

#endif
