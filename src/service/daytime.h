/* SPDX-License-Identifier: ISC */
/*
 * The line of the daytime service.
 */
#ifndef TINED_SERVICE_DAYTIME_H
#define TINED_SERVICE_DAYTIME_H

#include <stddef.h>
#include <stdint.h>

#define DAYTIME_MAX  64
#define DAYTIME_LAST INT64_C(253402300799) /* the end of the year 9999 */

/*
 * Writes `Sunday, November 22, 2026 07:45:12-UTC` and CR LF for t, seconds
 * since 1970; without a NUL.  Returns the length.  A time before 1970 or after
 * DAYTIME_LAST is shown as 0.
 */
size_t daytime_format(int64_t t, char line[static DAYTIME_MAX]);

#endif
