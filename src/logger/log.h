/*
 * What main itself has to say.  Before the logger runs, and for errors that
 * end a start, that is a line on standard error; afterwards a record in main's
 * own pipe to the logger.  Never blocks; what does not fit is counted.
 */
#ifndef TINED_MAIN_LOG_H
#define TINED_MAIN_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "ipc/record.h"

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

/* Messages of one kind that others can bring about: at most one a second. */
struct log_pace {
	int64_t last_ms;
	uint64_t not_shown; /* since then */
};

/* Whether one may be logged now, clock_ms; counts it when not. */
bool log_may_say(struct log_pace *p, int64_t now);

/* " (N more not shown)" where some were not since the last one, else ""; then
 * none are.  In buf, of LOG_MORE_MAX bytes. */
#define LOG_MORE_MAX 48
const char *log_more(struct log_pace *p, char *buf);

/* Records that did not fit since the last call. */
uint64_t log_lost(void);

/* Counts n more of them: what log_lost has returned and could not be said. */
void log_lose(uint64_t n);

#endif
