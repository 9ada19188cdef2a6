/* SPDX-License-Identifier: ISC */
/*
 * What was written, section by section: a setting for each row of the table.
 */
#ifndef TINED_CONFIG_TREE_H
#define TINED_CONFIG_TREE_H

#include "config/directive.h"
#include "config/types.h"

struct section {
	char *name; /* of a service */
	struct where where;
	struct setting *set; /* one for each row of its scope */
};

struct tree {
	struct setting *global;
	struct setting *defaults; /* of all defaults sections, later ones win */
	struct section *services;
	size_t nservices;
	char **files; /* that were read, NULL at the end; where points here */
	unsigned int nfiles;
	bool cut; /* the reading ended at a syntax error */
};

void list_add(struct list *l, const char *text, struct where where);
void list_free(struct list *l);

/* Settings of which none is given; never NULL. */
struct setting *setting_new(enum scope scope);
void setting_free(struct setting *set, enum scope scope);

/* Adds what is given in from to to: = replaces it, += adds to it. */
void setting_merge(struct setting *to, const struct setting *from);

void tree_init(struct tree *t);

/* Adds a service. */
struct section *tree_add_service(struct tree *t, const char *name,
    struct where where);

#endif
