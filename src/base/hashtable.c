/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <string.h>

#include "base/hashtable.h"

static char *
place(const struct hashtable *t, uint32_t i)
{
	return (char *)t->at + (i & t->mask) * t->size;
}

bool
hashtable_is_free(const void *p)
{
	uint32_t word;

	memcpy(&word, p, sizeof(word));
	return word == 0;
}

void *
hashtable_find(const struct hashtable *t, uint32_t home, const void *key)
{
	uint32_t n;
	char *p;

	for (n = 0; n < t->run; n++) {
		p = place(t, home + n);
		if (hashtable_is_free(p) || t->has_key(t, p, key))
			return p;
	}
	return NULL;
}

void
hashtable_remove(const struct hashtable *t, void *entry)
{
	uint32_t i = (uint32_t)((size_t)((char *)entry - (char *)t->at) /
	    t->size);
	uint32_t j = i, n, home;

	for (n = 0; n < t->run; n++) {
		j = (j + 1) & t->mask;
		if (hashtable_is_free(place(t, j)))
			break;
		home = t->home(t, place(t, j));
		/* Entry j can move to i unless its home is behind i. */
		if (((j - home) & t->mask) >= ((j - i) & t->mask)) {
			memcpy(place(t, i), place(t, j), t->size);
			i = j;
		}
	}
	memset(place(t, i), 0, t->size);
}
