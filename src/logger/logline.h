/* SPDX-License-Identifier: ISC */
/*
 * A record as a line, logfmt or JSON; the pairs of an `end` record; and the
 * one place where a peer's address becomes text for a log.
 */
#ifndef TINED_MAIN_LOGLINE_H
#define TINED_MAIN_LOGLINE_H

#include <stddef.h>

#include "config/conf.h"
#include "ipc/record.h"

#define LOGLINE_MAX   16384
#define LOGLINE_CODED (4 * RECORD_MAX + 1) /* a byte becomes four at most */

/*
 * `level event key=value...` and a newline, the time before it where there is
 * one.  A value with blanks, quotes, `=`, backslashes, control or 8-bit bytes,
 * or an empty one, is quoted and vis(3)-encoded (VIS_CSTYLE; quote and backslash
 * escaped): one line whatever it holds, and unvis(3) gives it back.  Returns the
 * length; a line that would not fit is cut and still ends in a newline.
 */
size_t logline_text(const struct record_fields *f, char *buf, size_t size);

/* Encodes a value as a line has it between its quotes; of one longer than
 * RECORD_MAX only the beginning.  The length, less than LOGLINE_CODED. */
size_t logline_encode(const char *s, size_t len, char *coded);

/*
 * One JSON object (RFC 8259) with "time" where there is one, "level", "event"
 * and the same keys.  Values that are decimal numbers are numbers, except those
 * of `msg` and `service`, which are always strings; what they hold is escaped
 * as by json_next.  A newline ends it.  One that would not fit is cut and still
 * an object.
 */
size_t logline_json(const struct record_fields *f, char *buf, size_t size);

/* What an `end` record needs beside the slot. */
struct end_context {
	const char *service;  /* "": no such pair */
	const char *listener; /* of a Unix listener: `unix:/path`, or NULL */
	enum log_peer peer;
};

/* Where the pairs' strings are kept. */
struct end_store {
	char text[RECORD_FIELDS][160];
};

/*
 * The pairs of an `end` record: service id proto peer local pid in out ms exit
 * (or signal) reason, and for programs utime_us stime_us maxrss_kib (in and
 * out: built-in services only).  Nothing in slot is trusted.
 */
void logline_end(const struct scoreboard_slot *slot,
    const struct end_context *ctx, struct end_store *store,
    struct record_fields *out);

/*
 * Masks an address as log_peer says and writes it: `192.0.2.1:7`,
 * `192.0.2.0/24` or `-`; `uid:1000,gid:1000,pid:42`, `uid:1000` or `-`.
 * Returns buf.
 */
char *logline_peer(const struct addr *a, enum log_peer how, char *buf,
    size_t size);

/* The same for an address that is text already (addr_format's); what is not
 * understood becomes `-` unless all may be shown.  buf or text. */
const char *logline_peer_text(const char *text, enum log_peer how, char *buf,
    size_t size);

#endif
