/* SPDX-License-Identifier: ISC */
/*
 * What was written for the directives of one section: a setting for each row
 * of their table.
 */
#ifndef TINED_CONFIG_SETTING_H
#define TINED_CONFIG_SETTING_H

#include "config/directive.h"
#include "config/types.h"

void list_add(struct list *l, const char *text, struct where where);
void list_free(struct list *l);

/* Settings of which none is given; never NULL. */
struct setting *setting_new(enum scope scope);
void setting_free(struct setting *set, enum scope scope);

/* Adds what is given in from to to: = replaces it, += adds to it. */
void setting_merge(struct setting *to, const struct setting *from);

#endif
