/* SPDX-License-Identifier: ISC */
/*
 * Reading configuration files into a tree: what was written for each
 * directive and where, not yet understood.
 */
#ifndef TINED_CONFIG_PARSE_H
#define TINED_CONFIG_PARSE_H

#include "config/errors.h"
#include "config/tree.h"

/* Reads a file and all that it includes; errors hold what is wrong. */
void parse_file(struct config *c, const char *path, struct errors *errors);

/* The same with a text, called name in errors. */
void parse_text(struct config *c, const char *name, const char *text,
    struct errors *errors);

/* Reads one value or `{...}`, all of it at that place; false where it is
 * wrong. */
bool parse_value(const char *text, const struct where *where,
    struct list *items, struct errors *errors);

#endif
