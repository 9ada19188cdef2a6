/*
 * What main itself has to say.  Before the logger runs, and for errors that
 * end a start, that is a line on standard error; afterwards a record in main's
 * own pipe to the logger.  Never blocks; what does not fit is counted.
 */
#ifndef TINED_MAIN_LOG_H
#define TINED_MAIN_LOG_H

#include <stdint.h>

#include "base/record.h"

/* Where records go from now on: main's log pipe, or -1 for standard error. */
void log_use(int fd);

/*
 * Writes one event with pairs: key, value, key, value..., NULL.  All strings.
 * log_event(LEVEL_NOTICE, "reloaded", "service", name, NULL);
 */
void log_event(enum level level, const char *event, ...)
    __attribute__((sentinel));

/* An event of that level named "error", "warning"... with one pair, msg. */
void log_message(enum level level, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Records that did not fit since the last call. */
uint64_t log_lost(void);

/* Counts n more of them: what log_lost has returned and could not be said. */
void log_lose(uint64_t n);

#endif
