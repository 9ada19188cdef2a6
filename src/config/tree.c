/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "config/tree.h"

void
list_add(struct list *l, const char *text, struct where where)
{
	l->v = mem_grow(l->v, l->n + 1, sizeof(*l->v));
	l->v[l->n++] = (struct item) { mem_strdup(text), where };
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

struct setting *
setting_new(enum scope scope)
{
	const struct directive *rows;
	struct setting *set;
	size_t i, n;

	rows = directive_rows(scope, &n);
	set = mem_array(n + 1, sizeof(*set));
	for (i = 0; i < n; i++)
		set[i].d = &rows[i];
	return set;
}

void
setting_free(struct setting *set)
{
	struct setting *s;

	for (s = set; s != NULL && s->d != NULL; s++)
		list_free(&s->items);
	free(set);
}

void
setting_merge(struct setting *to, const struct setting *from)
{
	size_t i;

	if (!from->given)
		return;
	if (!from->append)
		list_free(&to->items);
	for (i = 0; i < from->items.n; i++)
		list_add(&to->items, from->items.v[i].text,
		    from->items.v[i].where);
	to->append = from->append && (!to->given || to->append);
	to->given = true;
	to->wrong = from->wrong;
}

struct setting *
setting_find(struct setting *set, const char *name)
{
	for (; set->d != NULL; set++)
		if (strcmp(set->d->name, name) == 0)
			return set;
	return NULL;
}

void
tree_init(struct config *c)
{
	TAILQ_INIT(&c->services);
	c->set = setting_new(SCOPE_GLOBAL);
	c->defaults = setting_new(SCOPE_SERVICE);
	c->files = mem_array(1, sizeof(*c->files));
}

struct where
tree_add_file(struct config *c, const char *path)
{
	c->files = mem_grow(c->files, c->nfiles + 2, sizeof(*c->files));
	c->files[c->nfiles] = mem_strdup(path);
	c->files[c->nfiles + 1] = NULL;
	c->nfiles++;
	return (struct where) { c->files[c->nfiles - 1], 1, c->nfiles };
}

struct service_conf *
tree_add_service(struct config *c, const char *name, struct where where)
{
	struct service_conf *sc = mem_array(1, sizeof(*sc));

	sc->name = mem_strdup(name);
	sc->where = where;
	sc->set = setting_new(SCOPE_SERVICE);
	TAILQ_INSERT_TAIL(&c->services, sc, entry);
	c->nservices++;
	return sc;
}
