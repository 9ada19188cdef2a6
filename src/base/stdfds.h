/* SPDX-License-Identifier: ISC */
/*
 * The descriptors 0 to 2 of a process that does not use them.
 */
#ifndef TINED_BASE_STDFDS_H
#define TINED_BASE_STDFDS_H

#include <unistd.h>

/* Sanitizers write their reports to standard error. */
#if defined(WIDE_SANDBOX) && WIDE_SANDBOX
#define STDFDS_UNUSED STDOUT_FILENO
#else
#define STDFDS_UNUSED STDERR_FILENO
#endif

/* Opens /dev/null where one of the descriptors 0 to 2 is closed, so that no other
 * file gets its number.  0, or -1 with errno. */
int stdfds_open(void);

/* Makes the descriptors from 0 to last /dev/null.  0, or -1 with errno. */
int stdfds_null(int last);

#endif
