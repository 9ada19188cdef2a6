/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdlib.h>

#include "tine/look/top_list.h"

int
top_list_read(struct top_list *t, const struct look *l)
{
	static const struct selector all;

	return select_rows(l, &all, &t->rows);
}

static uint64_t
number_of(const struct look *l, const struct row *r)
{
	return overview_services(l->view.o)[r->service].number;
}

/* Finds the cursor's session among those that match, and its place. */
static bool
find(struct top_list *t, const struct look *l)
{
	const struct row *v = t->rows.v, *mine = NULL;
	size_t i;

	for (i = 0; i < t->n && mine == NULL; i++)
		if (v[i].id == t->id && number_of(l, &v[i]) == t->number)
			mine = &v[i];
	if (mine == NULL)
		return false;
	t->at = 0;
	for (i = 0; i < t->n; i++)
		t->at += select_compare(&v[i], mine, t->key) < 0;
	return true;
}

/* Moves the window as little as shows the cursor, and orders its rows. */
static void
order(struct top_list *t)
{
	const size_t height = t->height == 0 ? 1 : t->height;

	if (t->id == 0)
		t->first = 0;
	else if (t->at < t->first)
		t->first = t->at;
	else if (t->at >= t->first + height)
		t->first = t->at - height + 1;
	if (t->first + height > t->n)
		t->first = t->n > height ? t->n - height : 0;
	select_order(t->rows.v, t->n, t->key, t->first, t->first + height);
}

/* The cursor takes the session in its row. */
static void
take(struct top_list *t, const struct look *l)
{
	if (t->n == 0) {
		top_list_leave(t);
		return;
	}
	t->id = t->rows.v[t->at].id;
	t->number = number_of(l, &t->rows.v[t->at]);
}

void
top_list_arrange(struct top_list *t, const struct look *l)
{
	bool found;

	t->n = select_text(l, &t->rows, t->filter);
	found = t->id == 0 || find(t, l);
	if (!found && t->at >= t->n)
		t->at = t->n == 0 ? 0 : t->n - 1;
	order(t);
	if (!found)
		take(t, l);
}

void
top_list_move(struct top_list *t, const struct look *l, long rows)
{
	long at;

	if (t->n == 0)
		return;
	if (t->id == 0) {
		at = (long)t->first + (rows > 1 ? rows : 0);
		t->id = 1; /* until it is taken */
	} else {
		at = (long)t->at + rows;
	}
	if (at >= (long)t->n)
		at = (long)t->n - 1;
	t->at = at < 0 ? 0 : (size_t)at;
	order(t);
	take(t, l);
}

void
top_list_leave(struct top_list *t)
{
	t->id = 0;
	t->first = t->at = 0;
}

void
top_list_end(struct top_list *t)
{
	free(t->rows.v);
	t->rows = (struct rows) { .n = 0 };
	t->n = 0;
}
