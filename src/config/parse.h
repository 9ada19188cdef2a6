/* SPDX-License-Identifier: ISC */
/*
 * Reading configuration files into a tree: what was written for each
 * directive and where, not yet understood.
 */
#ifndef TINED_CONFIG_PARSE_H
#define TINED_CONFIG_PARSE_H

#include "config/directive.h"
#include "config/errors.h"
#include "config/types.h"

#define PARSE_SIZE_MAX  (1u << 20) /* of one file */
#define PARSE_DEPTH_MAX 10         /* of includes */

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

void tree_init(struct tree *t);

/* Adds a service. */
struct section *tree_add_service(struct tree *t, const char *name,
    struct where where);

/* Reads a file and all that it includes; errors hold what is wrong. */
void parse_file(struct tree *t, const char *path, struct errors *errors);

/* The same with a text, called name in errors. */
void parse_text(struct tree *t, const char *name, const char *text,
    struct errors *errors);

/* Reads one value or `{...}`, all of it at that place; false where it is
 * wrong. */
bool parse_value(const char *text, const struct where *where,
    struct list *items, struct errors *errors);

#endif
