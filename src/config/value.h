/* SPDX-License-Identifier: ISC */
/*
 * Values of directives: from text into the typed member, and back.
 */
#ifndef TINED_MAIN_VALUE_H
#define TINED_MAIN_VALUE_H

#include "config/conf.h"
#include "config/directive.h"

/* A duration that depends on others: as text its default, or the name of the
 * directive that it is the same as. */
#define VALUE_LATER (-1)
#define VALUE_SAME  (-2)

struct value_error {
	size_t item;    /* the one that is wrong, or 0 */
	char text[480]; /* why */
};

/*
 * Reads the items of a directive into the member at conf + d->offset, which
 * must be zero or a value set before (it is freed).  0, or -1 with err; then
 * the member is as it was.
 */
int value_set(const struct directive *d, const struct list *items, void *conf,
    struct value_error *err);

/* The same from the text of the table's default. */
void value_set_default(const struct directive *d, void *conf);

/* The value in conf as value_set reads it, quoted where the syntax asks for
 * it: `30s`, `"text"`, `{"a", "b"}`.  The caller's. */
char *value_text(const struct directive *d, const void *conf);

/* A duration as it is written; the caller's. */
char *value_duration_text(int64_t ms);

/* Frees what the member owns. */
void value_free(const struct directive *d, void *conf);

/* The parts, each NULL or a reason (constant). */
const char *value_duration(const char *text, int64_t *ms);
const char *value_size(const char *text, uint64_t *bytes);
const char *value_bool(const char *text, bool *out);
const char *value_mode(const char *text, mode_t *mode);

/* A value as a complaint shows it: an empty one can be seen, and of a long one
 * its ends.  Valid until the next call. */
const char *value_shown(const char *text);

void list_add(struct list *l, const char *text, struct where where);
void list_copy(struct list *to, const struct list *from); /* appends */
void list_free(struct list *l);

#endif
