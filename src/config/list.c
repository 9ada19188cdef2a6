/* SPDX-License-Identifier: ISC */
/*
 * Lists of what was written, each item with its place.
 */
#include "config.h"

#include <stdlib.h>

#include "base/mem.h"
#include "config/value.h"

void
list_add(struct list *l, const char *text, struct where where)
{
	l->v = mem_grow(l->v, l->n + 1, sizeof(*l->v));
	l->v[l->n].text = mem_strdup(text);
	l->v[l->n].where = where;
	l->n++;
}

void
list_copy(struct list *to, const struct list *from)
{
	size_t i;

	for (i = 0; i < from->n; i++)
		list_add(to, from->v[i].text, from->v[i].where);
}

void
list_free(struct list *l)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		free(l->v[i].text);
	free(l->v);
	*l = (struct list) { 0 };
}
