/* SPDX-License-Identifier: ISC */
/*
 * What was written, section by section: a setting for each row of the table.
 */
#ifndef TINED_CONFIG_TREE_H
#define TINED_CONFIG_TREE_H

#include "config/directive.h"
#include "config/types.h"

void list_add(struct list *l, const char *text, struct where where);
void list_free(struct list *l);

/* Settings of which none is given, one for each directive of the scope; the last
 * one is followed by one without a directive.  Never NULL. */
struct setting *setting_new(enum scope scope);
void setting_free(struct setting *set); /* may be NULL */

/* Adds what is given in from to to: = replaces it, += adds to it. */
void setting_merge(struct setting *to, const struct setting *from);

/* That of the directive of that name; NULL. */
struct setting *setting_find(struct setting *set, const char *name);

/* The tree is a configuration of which only what was written is there. */
void tree_init(struct config *c);
/* Remembers a file as long as the configuration lives; its first line. */
struct where tree_add_file(struct config *c, const char *path);
struct service_conf *tree_add_service(struct config *c, const char *name,
    struct where where);

#endif
