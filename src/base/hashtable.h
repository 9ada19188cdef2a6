/* SPDX-License-Identifier: ISC */
/*
 * Open addressing with linear probing, in memory of the caller's.  A removed entry
 * is filled by moving later ones of its run back, so there are no tombstones and a
 * search ends at the first free place.
 */
#ifndef TINED_BASE_HASHTABLE_H
#define TINED_BASE_HASHTABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hashtable {
	void *at;    /* mask + 1 places, a power of two */
	size_t size; /* of a place; its first 32 bits are 0 when it is free */
	uint32_t mask;
	uint32_t run; /* how many places a search visits at most */
	uint64_t seed;
	const void *owner;
	/* Where the search for an entry begins; any number. */
	uint32_t (*home)(const struct hashtable *t, const void *entry);
	bool (*has_key)(const struct hashtable *t, const void *entry,
	    const void *key);
};

/* The entry with that key, or the free place for it; NULL: neither. */
void *hashtable_find(const struct hashtable *t, uint32_t home, const void *key);

bool hashtable_is_free(const void *place);

/* Removes an entry, which may move others. */
void hashtable_remove(const struct hashtable *t, void *entry);

#endif
