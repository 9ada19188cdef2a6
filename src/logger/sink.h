/* SPDX-License-Identifier: ISC */
/*
 * Where the log goes: standard error, syslog or the journal.  Any of them may
 * block.  What one of them does not take is counted, and reported as
 * `lost records=N` as soon as it takes something again.
 */
#ifndef TINED_MAIN_SINK_H
#define TINED_MAIN_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/conf.h"
#include "ipc/record.h"

#define SINK_BUFFER (128u << 10)

struct sink {
	enum log_target target;
	enum log_format format;
	bool timed;        /* lines have a time; JSON always has */
	uint64_t lost;     /* lines not written and not reported yet */
	uint64_t reported; /* how many the buffer's first line admits */
	size_t report;     /* that line's length, 0: it is not there */
	bool torn;         /* what was written ends inside a line */
	size_t len;        /* of what waits to be written to standard error */
	char buf[SINK_BUFFER];
};

/* Sets where and how; also later, on a sink that is in use. */
void sink_use(struct sink *s, enum log_target target, enum log_format format);
void sink_use_time(struct sink *s, bool timed);

/* The time for what is put now, or NULL where lines have none. */
const char *sink_time(const struct sink *s);

/* One line, or one entry.  Standard error's lines wait for sink_flush. */
void sink_put(struct sink *s, const struct record_fields *f);

/* Writes what waits; tries to report what was lost. */
void sink_flush(struct sink *s);

#endif
