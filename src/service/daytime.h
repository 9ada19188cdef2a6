/* SPDX-License-Identifier: ISC */
/*
 * The line of the daytime service.
 */
#ifndef TINED_SERVICE_DAYTIME_H
#define TINED_SERVICE_DAYTIME_H

#include <stddef.h>
#include <stdint.h>

#define DAYTIME_MAX 64

/*
 * Writes `Sunday, November 22, 2026 07:45:12-UTC` and CR LF for t, seconds
 * since 1970; without a NUL.  Returns the length.  Years after 9999 as date_utc.
 */
size_t daytime_format(int64_t t, char line[static DAYTIME_MAX]);

#endif
