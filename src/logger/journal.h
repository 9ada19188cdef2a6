/* SPDX-License-Identifier: ISC */
/*
 * Entries for the journal: MESSAGE (the line), PRIORITY, SYSLOG_IDENTIFIER, and
 * the event and each pair as TINED_EVENT, TINED_SERVICE and so on.  Values are
 * raw, but those with deceptive characters (utf8_deceives) are encoded as in
 * the line.
 */
#ifndef TINED_LOGGER_JOURNAL_H
#define TINED_LOGGER_JOURNAL_H

#include <stddef.h>

#include "ipc/record.h"

/* 0, or -1. */
int journal_send(const struct record_fields *f, const char *line, size_t len);

#endif
