/* SPDX-License-Identifier: ISC */
/*
 * What the services do, as lines of text: for `tine status` and `tine top`.  The
 * index of a service is that in the overview.
 */
#ifndef TINED_TINE_STATUS_TEXT_H
#define TINED_TINE_STATUS_TEXT_H

#include "tine/look/look.h"

#define STATUS_COLUMNS   "llrrrrrr"
#define STATUS_ALARM_MAX 300

/* Sessions started or refused in a second, over the last whole ones. */
double status_rate(const struct view_sums *s, bool refused);

/* The clients in the queues of its listeners, when main was last asked. */
uint64_t status_queue(const struct overview_head *o, uint32_t service);

const char *status_state(const struct overview_service *s); /* "serving" */

/* What an operator should know of a service at once; "" where all is well. */
void status_alarm(const struct look *l, uint32_t i, char *buf, size_t size);

/* Appends lines: the first, and what is wrong with tined. */
void status_head(const struct look *l, struct buf *text);

/* The table of the services; its format is STATUS_COLUMNS. */
void status_titles(struct table *t);
void status_row(const struct look *l, uint32_t i, struct table *t);

/* Appends lines: the refused reload, and the alarms. */
void status_alarms(const struct look *l, struct buf *text);

#endif
