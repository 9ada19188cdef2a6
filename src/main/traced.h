/* SPDX-License-Identifier: ISC */
#ifndef TINED_MAIN_TRACED_H
#define TINED_MAIN_TRACED_H

#include <sys/types.h>

#include <stdbool.h>

/* Whether another process traces that one, as a debugger does; false where
 * /proc does not say. */
bool is_traced(pid_t pid);

#endif
