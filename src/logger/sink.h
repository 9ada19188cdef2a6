/* SPDX-License-Identifier: ISC */
/*
 * Where the log goes: standard error, syslog or the journal, any of which may
 * block.  Records that could not be written are counted, and reported as
 * `lost records=N` before the next one that can.
 */
#ifndef TINED_LOGGER_SINK_H
#define TINED_LOGGER_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/conf.h"
#include "ipc/record.h"

#define SINK_BUFFER (128u << 10)

struct sink {
	enum log_target target;
	enum log_format format;
	bool timed;    /* lines have a time; JSON always does */
	uint64_t lost; /* lines not written, of which no line in buf reports */
	uint64_t reported; /* how many the first line of buf reports */
	size_t report;     /* the length of that line, 0: there is none */
	bool torn;         /* what was written ends inside a line */
	size_t len;        /* of what is to be written to standard error */
	char buf[SINK_BUFFER];
};

/* Sets where and how, also of a sink that is in use. */
void sink_use(struct sink *s, enum log_target target, enum log_format format,
    bool timed);

/* Puts one line or entry, of now: sets f->time.  Lines for standard error wait for
 * sink_flush. */
void sink_put(struct sink *s, struct record_fields *f);

/* Writes what waits, and tries to report what was lost. */
void sink_flush(struct sink *s);

#endif
