/* SPDX-License-Identifier: ISC */
/*
 * Main's own log messages.  Before the logger runs, and for errors that end a
 * start, they are lines on standard error; afterwards records in main's pipe to
 * the logger.  Does not block; records that do not fit are counted.
 */
#ifndef TINED_LOGGER_LOG_H
#define TINED_LOGGER_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "ipc/record.h"

/* Where records go from now on: main's log pipe, or -1 for standard error. */
void log_use(int fd);

/*
 * Writes an event and pairs of strings: key, value, key, value..., NULL.
 * log_event(LEVEL_NOTICE, "reloaded", "service", name, NULL);
 */
void log_event(enum level level, const char *event, ...)
    __attribute__((sentinel));

/* Of the pipes to the logger. */
#define LOG_PIPE_SIZE (1 << 20) /* the limit for users, pipe-max-size */

/* A number as text, for the arguments of log_event: valid until the enclosing
 * block ends. */
#define LOG_NUMBER(n) log_number((char[24]) { "" }, (uint64_t)(n))
const char *log_number(char *buf, uint64_t n);

/* An event named after its level ("error", "warning"...) with one pair, msg. */
void log_message(enum level level, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Limits a kind of messages that others can cause to one a second. */
struct log_pace {
	int64_t last_ms;
	uint64_t not_shown; /* since then */
};

/* Whether one may be logged now (clock_ms); counts it when not. */
bool log_may_say(struct log_pace *p, int64_t now);

/* " (N more not shown)" where messages were suppressed since the last one, else
 * ""; resets the count.  In buf, of LOG_MORE_MAX bytes. */
#define LOG_MORE_MAX 48
const char *log_more(struct log_pace *p, char *buf);

/* Logs the number of records that did not fit, if any.  Whether to call it again
 * after a while. */
bool log_report_lost(void);

#endif
