/* SPDX-License-Identifier: ISC */
/*
 * A record as a line of the log, logfmt or JSON.
 */
#ifndef TINED_LOGGER_LOGLINE_H
#define TINED_LOGGER_LOGLINE_H

#include <stddef.h>
#include <time.h>

#include "ipc/record.h"

#define LOGLINE_MAX   16384
#define LOGLINE_CODED (4 * RECORD_MAX + 1) /* a byte becomes four at most */

/*
 * `level event key=value...` and a newline, after the time if there is one.  A
 * value that is empty, or has blanks, quotes, `=`, backslashes, control or 8-bit
 * bytes, is quoted and vis(3)-encoded (VIS_CSTYLE; quotes and backslashes
 * escaped), so that unvis(3) decodes it.  Returns the length; a line that does
 * not fit is cut and still ends in a newline.
 */
size_t logline_text(const struct record_fields *f, char *out, size_t size);

/* Encodes a value as between the quotes of a line; of one longer than RECORD_MAX
 * only the beginning.  Returns the length, less than LOGLINE_CODED. */
size_t logline_encode(const char *s, size_t len, char *coded);

/*
 * A JSON object (RFC 8259) and a newline: "time" if there is one, "level",
 * "event" and the same keys.  Decimal numbers are numbers, except in `msg` and
 * `service`, which are always strings.  Returns the length; an object that does
 * not fit is cut and still valid.
 */
size_t logline_json(const struct record_fields *f, char *out, size_t size);

/* A time as RFC 3339 has it, in UTC with milliseconds:
 * `2026-11-26T18:55:03.042Z`.  Valid until the next call. */
const char *logline_time(const struct timespec *ts);

#endif
