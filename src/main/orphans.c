/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <bsd/stdlib.h>
#include <stdlib.h>

#include "main/orphans.h"

#define ROOM_MIN 64

/* Pids are assigned in sequence, which spreads them well. */
static size_t
home(const struct orphans *l, pid_t pid)
{
	return (size_t)pid & (2 * l->room - 1);
}

static size_t
next(const struct orphans *l, size_t i)
{
	return (i + 1) & (2 * l->room - 1);
}

static void
table_insert(struct orphans *l, struct orphan *o)
{
	size_t i = home(l, o->pid);

	while (l->table[i] != NULL)
		i = next(l, i);
	l->table[i] = o;
}

/* Removes one and moves the rest of its run back: no tombstones. */
static void
table_remove(struct orphans *l, const struct orphan *o)
{
	size_t mask = 2 * l->room - 1, i = home(l, o->pid), j, h;

	while (l->table[i] != o)
		i = next(l, i);
	for (j = next(l, i); l->table[j] != NULL; j = next(l, j)) {
		h = home(l, l->table[j]->pid);
		if (((j - h) & mask) >= ((j - i) & mask)) {
			l->table[i] = l->table[j];
			i = j;
		}
	}
	l->table[i] = NULL;
}

static bool
is_before(const struct orphan *a, const struct orphan *b)
{
	return a->due != 0 && (b->due == 0 || a->due < b->due);
}

static void
put(struct orphans *l, size_t rank, struct orphan *o)
{
	l->queue[rank] = o;
	o->rank = rank;
}

/* Moves one to its place in the heap. */
static void
sift(struct orphans *l, struct orphan *o)
{
	size_t rank = o->rank, child;

	for (; rank > 0 && is_before(o, l->queue[(rank - 1) / 2]);
	     rank = (rank - 1) / 2)
		put(l, rank, l->queue[(rank - 1) / 2]);
	while ((child = 2 * rank + 1) < l->n) {
		if (child + 1 < l->n &&
		    is_before(l->queue[child + 1], l->queue[child]))
			child++;
		if (!is_before(l->queue[child], o))
			break;
		put(l, rank, l->queue[child]);
		rank = child;
	}
	put(l, rank, o);
}

/* Gives both room for that many, and fills the new table. */
static int
resize(struct orphans *l, size_t room)
{
	struct orphan **queue, **table;
	size_t i;

	if ((table = calloc(2 * room, sizeof(*table))) == NULL)
		return -1;
	queue = reallocarray(l->queue, room, sizeof(*queue));
	if (queue == NULL) {
		free(table);
		return -1;
	}
	free(l->table);
	l->table = table;
	l->queue = queue;
	l->room = room;
	for (i = 0; i < l->n; i++)
		table_insert(l, l->queue[i]);
	return 0;
}

int
orphans_add(struct orphans *l, struct orphan *o)
{
	if (l->n == l->room &&
	    resize(l, l->room == 0 ? ROOM_MIN : 2 * l->room) == -1)
		return -1;
	table_insert(l, o);
	o->rank = l->n++;
	sift(l, o);
	return 0;
}

void
orphans_remove(struct orphans *l, struct orphan *o)
{
	struct orphan *last = l->queue[--l->n];

	table_remove(l, o);
	if (last != o) {
		last->rank = o->rank;
		sift(l, last);
	}
	/* Where that fails it stays as large. */
	if (l->room > ROOM_MIN && l->n < l->room / 4)
		resize(l, l->room / 2);
}

struct orphan *
orphans_find(const struct orphans *l, pid_t pid)
{
	size_t i;

	if (l->n == 0)
		return NULL;
	for (i = home(l, pid); l->table[i] != NULL; i = next(l, i))
		if (l->table[i]->pid == pid)
			return l->table[i];
	return NULL;
}

void
orphans_due(struct orphans *l, struct orphan *o, int64_t due)
{
	o->due = due;
	sift(l, o);
}

struct orphan *
orphans_first(const struct orphans *l)
{
	return l->n == 0 || l->queue[0]->due == 0 ? NULL : l->queue[0];
}

void
orphans_free(struct orphans *l)
{
	free(l->table);
	free(l->queue);
}
