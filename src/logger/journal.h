/* SPDX-License-Identifier: ISC */
/*
 * Entries for the journal: the line as MESSAGE, PRIORITY, SYSLOG_IDENTIFIER,
 * and the event and every pair as fields TINED_EVENT, TINED_SERVICE and so on,
 * their values as they are; one with controls or other characters that deceive
 * (utf8_deceives) is encoded as in the line.
 */
#ifndef TINED_MAIN_JOURNAL_H
#define TINED_MAIN_JOURNAL_H

#include <stddef.h>

#include "ipc/record.h"

/* 0, or -1 with errno. */
int journal_send(const struct record_fields *f, const char *line, size_t len);

#endif
