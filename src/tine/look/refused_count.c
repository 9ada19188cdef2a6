/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "tine/look/refused.h"

/* A session's source. */
struct tallied {
	uint32_t service;
	struct addr source;
};

struct filling {
	struct tally *t;
	const struct overview_service *s; /* the first one */
};

static int
compare(const void *va, const void *vb)
{
	const struct tallied *a = va, *b = vb;
	int way = (a->service > b->service) - (a->service < b->service);

	if (way == 0)
		way = (a->source.family > b->source.family) -
		    (a->source.family < b->source.family);
	return way != 0 ?
	    way :
	    memcmp(a->source.ip, b->source.ip, sizeof(a->source.ip));
}

static bool
add(void *arg, uint32_t service, const struct scoreboard_slot *slot)
{
	const struct filling *f = arg;
	const struct overview_service *s = &f->s[service];
	struct tally *t = f->t;
	struct tallied *more;

	if (t->n == t->room) {
		t->room = t->room == 0 ? 256 : 2 * t->room;
		more = reallocarray(t->v, t->room, sizeof(*more));
		if (more == NULL)
			err(CLI_FAILURE, "the sources of sessions");
		t->v = more;
	}
	t->v[t->n] = (struct tallied) { service, slot->peer };
	addr_mask(&t->v[t->n++].source, s->prefix_v4, s->prefix_v6);
	return true;
}

static void
fill(struct tally *t, const struct look *l)
{
	struct filling f = { t, overview_services(l->view.o) };
	uint32_t i;

	for (i = 0; i < l->view.o->nservices; i++)
		view_sessions(&l->view, i, add, &f);
	if (t->n > 0)
		qsort(t->v, t->n, sizeof(*t->v), compare);
	t->filled = true;
}

/* How many are below the key, or not above it. */
static size_t
place_of(const struct tally *t, const struct tallied *key, int way)
{
	size_t from = 0, to = t->n, middle;

	while (from < to) {
		middle = from + (to - from) / 2;
		if (compare(&t->v[middle], key) < way)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

size_t
refused_sessions(struct tally *t, const struct look *l, uint32_t service,
    const struct addr *source)
{
	const struct tallied key = { service, *source };

	if (!t->filled)
		fill(t, l);
	return place_of(t, &key, 1) - place_of(t, &key, 0);
}

void
refused_tally_end(struct tally *t)
{
	free(t->v);
	*t = (struct tally) { .n = 0 };
}
