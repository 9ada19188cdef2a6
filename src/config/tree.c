/* SPDX-License-Identifier: ISC */
/*
 * What was written, section by section.
 */
#include "config.h"

#include <stdlib.h>

#include "base/mem.h"
#include "config/parse.h"
#include "config/value.h"

static void
section_init(struct section *s, enum scope scope)
{
	size_t n;

	directive_rows(scope, &n);
	*s = (struct section) { .set = mem_array(n, sizeof(*s->set)) };
}

static void
section_free(struct section *s, enum scope scope)
{
	size_t i, n;

	directive_rows(scope, &n);
	for (i = 0; i < n; i++)
		list_free(&s->set[i].items);
	free(s->set);
	free(s->name);
}

void
tree_init(struct tree *t)
{
	*t = (struct tree) { 0 };
	section_init(&t->global, SCOPE_GLOBAL);
	section_init(&t->defaults, SCOPE_SERVICE);
	t->files = mem_array(1, sizeof(*t->files));
}

void
tree_free(struct tree *t)
{
	size_t i;

	section_free(&t->global, SCOPE_GLOBAL);
	section_free(&t->defaults, SCOPE_SERVICE);
	for (i = 0; i < t->nservices; i++)
		section_free(&t->services[i], SCOPE_SERVICE);
	free(t->services);
}

struct section *
tree_add_service(struct tree *t, const char *name, struct where where)
{
	struct section *s;

	t->services = mem_grow(t->services, t->nservices + 1,
	    sizeof(*t->services));
	s = &t->services[t->nservices++];
	section_init(s, SCOPE_SERVICE);
	s->name = mem_strdup(name);
	s->where = where;
	return s;
}

void
setting_merge(struct setting *to, const struct setting *from)
{
	if (!from->given)
		return;
	if (!from->append)
		list_free(&to->items);
	list_copy(&to->items, &from->items);
	to->append = from->append && (!to->given || to->append);
	to->given = true;
}
