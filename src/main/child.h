/* SPDX-License-Identifier: ISC */
/* What a child of main does that has not ended. */
#ifndef TINED_MAIN_CHILD_H
#define TINED_MAIN_CHILD_H

#include <sys/types.h>

#include <stdbool.h>

/* Whether a signal has stopped it. */
bool child_is_stopped(pid_t pid);

/* Whether a debugger holds it, proc_pid_status(5); false where /proc does not
 * say. */
bool child_is_traced(pid_t pid);

#endif
