/* SPDX-License-Identifier: ISC */
/*
 * Reading configuration files into settings: what was written for each
 * directive and where, not yet understood.
 */
#ifndef TINED_MAIN_PARSE_H
#define TINED_MAIN_PARSE_H

#include "config/conf.h"
#include "config/directive.h"

#define PARSE_SIZE_MAX  (1u << 20) /* of one file */
#define PARSE_DEPTH_MAX 10         /* of includes */

/* What was written for one directive of a section. */
struct setting {
	bool given;
	bool append; /* only added to: what was set before stays */
	bool wrong;  /* and said so: no use in saying what follows from it */
	struct list items;
};

/* A section: one setting for each directive of its scope, in their order. */
struct section {
	char *name; /* of a service; NULL when it has none */
	struct where where;
	struct setting *set;
};

struct tree {
	struct section global;
	struct section defaults; /* all defaults sections, later ones win */
	struct section *services;
	size_t nservices;
	char **files; /* that were read, NULL at the end; where points here */
	size_t nfiles;
	bool failed; /* the reading ended early */
};

void tree_init(struct tree *t);
void tree_free(struct tree *t); /* but for files */

/* Reads a file and all that it includes; errors hold what is wrong. */
void parse_file(struct tree *t, const char *path, struct errors *errors);

/* The same with a text, called name in errors. */
void parse_text(struct tree *t, const char *name, const char *text,
    struct errors *errors);

/* A new service in the tree. */
struct section *tree_add_service(struct tree *t, const char *name,
    struct where where);

/* Adds what is set in `from` to `to`: by = replaced, by += added. */
void setting_merge(struct setting *to, const struct setting *from);

#endif
