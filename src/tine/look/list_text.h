/* SPDX-License-Identifier: ISC */
/*
 * Sessions as rows of text: for `tine list` and `tine top`.
 */
#ifndef TINED_TINE_LIST_TEXT_H
#define TINED_TINE_LIST_TEXT_H

#include "tine/look/select.h"

#define LIST_COLUMNS "llrrrrl"

const char *list_service(const struct look *l, const struct row *r);
const char *list_state(const struct look *l, const struct row *r);

/* The table of the sessions; its format is LIST_COLUMNS. */
void list_titles(struct table *t);
void list_row(const struct look *l, const struct row *r, struct table *t);

#endif
