/* SPDX-License-Identifier: ISC */
/*
 * The last steps before the sink, for all records: the level decides whether
 * one is shown, the service is that of the pipe it came from, and peers are
 * printed, or masked.
 */
#ifndef TINED_LOGGER_EMIT_H
#define TINED_LOGGER_EMIT_H

#include "ipc/record.h"
#include "logger/messages.h"
#include "logger/sink.h"

struct emit {
	struct log_settings settings;
	struct sink sink;
};

/* Takes new settings; e is zeroed before the first call. */
void emit_use(struct emit *e, const struct log_settings *settings);

/*
 * Shows an event.  A service other than "" becomes its first pair, in place of
 * any that the record has; "" is main, whose records are shown as they are.
 */
void emit_fields(struct emit *e, const char *service,
    const struct record_fields *f);

/* Shows the end of a session; listener: see logend_fields. */
void emit_end(struct emit *e, const char *service, const char *listener,
    const struct scoreboard_slot *slot);

/* Shows an event of the logger itself: key, value, ..., NULL after the event. */
void emit_event(struct emit *e, enum level level, const char *event, ...)
    __attribute__((sentinel));

#endif
