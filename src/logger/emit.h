/* SPDX-License-Identifier: ISC */
/*
 * The last steps before the sink, for every record alike: the level decides
 * whether it is shown, the service is that of the pipe it came from, peers are
 * masked.
 */
#ifndef TINED_MAIN_EMIT_H
#define TINED_MAIN_EMIT_H

#include <stdbool.h>

#include "ipc/record.h"
#include "logger/logger.h"
#include "logger/sink.h"

struct emit {
	struct log_settings settings;
	struct sink sink;
};

/* Takes settings over; at first on a zeroed struct. */
void emit_use(struct emit *e, const struct log_settings *settings);

/* Whether an event of that level is shown. */
bool emit_wants(const struct emit *e, enum level level);

/*
 * Shows one event.  With a service other than "" that is its first pair, and
 * whatever the record says of a service is dropped; with "" the record is
 * main's own, and taken as it is.
 */
void emit_fields(struct emit *e, const char *service,
    const struct record_fields *f);

/* Shows the end of a session; listener: see struct end_context. */
void emit_end(struct emit *e, const char *service, const char *listener,
    const struct scoreboard_slot *slot);

/* An event of the logger's own: key, value, ..., NULL after the event. */
void emit_event(struct emit *e, enum level level, const char *event, ...)
    __attribute__((sentinel));

#endif
