/*
 * A record as a line: logfmt or JSON, or as journal fields.
 */
#ifndef TINED_MAIN_LOGLINE_H
#define TINED_MAIN_LOGLINE_H

#include <stddef.h>

#include "base/record.h"
#include "main/config.h"

#define LOGLINE_MAX 16384

/*
 * `level event key=value...` and a newline.  A value with blanks, quotes,
 * `=`, control or 8-bit bytes, or an empty one, is quoted and vis(3)-encoded
 * (VIS_CSTYLE; quote and backslash escaped): one line whatever it holds.
 * Returns the length; a line that would not fit is cut and still ends in a
 * newline.
 */
size_t logline_text(const struct record_fields *f, char *buf, size_t size);

/* One JSON object (RFC 8259) with "level", "event" and the same keys; values
 * that are decimal numbers are numbers; bytes that are no UTF-8 are escaped
 * as \u00XX.  A newline ends it. */
size_t logline_json(const struct record_fields *f, char *buf, size_t size);

/*
 * The fields of an `end` record: service id proto peer local pid in out ms
 * exit (or signal) reason, and for programs utime_us stime_us maxrss_kib.
 * Strings are kept in store.  peer is masked as configured ("-" for none).
 */
struct end_store {
	char text[RECORD_FIELDS][160];
};
void logline_end(const struct board_slot *slot, const char *service,
    enum log_peer peer, struct end_store *store, struct record_fields *out);

/* Masks an address as log_peer says and writes it: the one place where a
 * peer's address becomes text for a log. */
char *logline_peer(const struct addr *a, enum log_peer how, char *buf,
    size_t size);

#endif
