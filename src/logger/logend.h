/* SPDX-License-Identifier: ISC */
/*
 * The pairs of an `end` record, and peers as the log shows them.
 */
#ifndef TINED_LOGGER_LOGEND_H
#define TINED_LOGGER_LOGEND_H

#include <stddef.h>

#include "config/conf.h"
#include "ipc/record.h"

/* The memory of the values. */
struct end_store {
	char text[RECORD_FIELDS][160];
};

/*
 * Adds the pairs of an `end` record to out, behind service: id proto peer local pid in out ms exit
 * (or signal) reason, and for programs utime_us stime_us maxrss_kib (in and
 * out: built-in services only).  Nothing in slot is trusted.
 * listener is the name of a Unix listener, `unix:/path`, or NULL.
 */
void logend_fields(const struct scoreboard_slot *slot, const char *listener,
    enum log_peer how, struct end_store *store, struct record_fields *out);

/*
 * A peer as log_peer has it: `192.0.2.1:7`, `192.0.2.0/24` or `-`;
 * `uid:1000,gid:1000,pid:42`, `uid:1000` or `-`.  Returns text.
 */
char *logend_peer(const struct addr *a, enum log_peer how, char *text,
    size_t size);

#endif
