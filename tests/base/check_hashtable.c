/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/hashtable.h"
#include "runner.h"

#define PLACES 16

/* Keys of the same home are those of the same last digit. */
struct entry {
	uint32_t key; /* 0: free */
	uint32_t value;
};

static struct entry entries[PLACES];
static bool wanted[100]; /* by key: what must be in the table */

static uint32_t
home_of(uint32_t key)
{
	return key % 10;
}

static uint32_t
home(const struct hashtable *t, const void *entry)
{
	(void)t;
	return home_of(((const struct entry *)entry)->key);
}

static bool
has_key(const struct hashtable *t, const void *entry, const void *key)
{
	(void)t;
	return ((const struct entry *)entry)->key == *(const uint32_t *)key;
}

static struct hashtable table = { .at = entries,
	.size = sizeof(entries[0]),
	.mask = PLACES - 1,
	.run = PLACES,
	.home = home,
	.has_key = has_key };

static struct entry *
find(uint32_t key)
{
	return hashtable_find(&table, home_of(key), &key);
}

static void
add_key(uint32_t key)
{
	struct entry *e = find(key);

	ck_assert_ptr_nonnull(e);
	*e = (struct entry) { .key = key, .value = key + 1000 };
}

START_TEST(finds_what_was_added_or_the_free_place_for_it)
{
	struct entry *e = find(7);

	ck_assert_ptr_eq(e, &entries[7]);
	ck_assert(hashtable_is_free(e));
	add_key(7);
	add_key(17); /* the same home: behind it */
	ck_assert(!hashtable_is_free(find(7)));
	ck_assert_ptr_eq(find(17), &entries[8]);
	ck_assert_uint_eq(find(17)->value, 1017);
	ck_assert_ptr_eq(find(27), &entries[9]);
	ck_assert(hashtable_is_free(find(27)));
}
END_TEST

START_TEST(homes_are_taken_modulo_the_places)
{
	uint32_t key = 3;

	ck_assert_ptr_eq(hashtable_find(&table, 5 * PLACES + 3, &key),
	    &entries[3]);
}
END_TEST

START_TEST(a_run_wraps_at_the_end)
{
	uint32_t i;

	table.mask = 7; /* homes 8 and 9 are 0 and 1 */
	table.run = 8;
	for (i = 1; i < 8; i++)
		add_key(10 * i + 7);
	ck_assert_uint_eq(entries[7].key, 17);
	ck_assert_uint_eq(entries[0].key, 27);
	ck_assert_uint_eq(entries[5].key, 77);
	hashtable_remove(&table, find(17));
	ck_assert_uint_eq(entries[7].key, 27);
	ck_assert_uint_eq(entries[0].key, 37);
	ck_assert(hashtable_is_free(&entries[5]));
	ck_assert_uint_eq(find(77)->value, 1077);
}
END_TEST

START_TEST(a_full_table_has_neither)
{
	uint32_t i;

	for (i = 1; i <= PLACES; i++)
		add_key(i);
	ck_assert_ptr_null(find(99));
	ck_assert_uint_eq(find(PLACES)->value, 1000 + PLACES);
	hashtable_remove(&table, find(5));
	ck_assert_uint_eq(find(PLACES)->value, 1000 + PLACES);
	ck_assert(hashtable_is_free(find(99)));
}
END_TEST

START_TEST(a_search_ends_after_a_run)
{
	table.run = 3;
	add_key(1);
	add_key(11);
	add_key(21);
	ck_assert_ptr_null(find(31));
	ck_assert_ptr_nonnull(find(21));
}
END_TEST

START_TEST(an_entry_at_its_home_does_not_move)
{
	add_key(4);
	add_key(5);
	add_key(14); /* behind 5 */
	hashtable_remove(&table, find(4));
	ck_assert_uint_eq(entries[4].key, 14);
	ck_assert_uint_eq(entries[5].key, 5);
	ck_assert(hashtable_is_free(&entries[6]));
	hashtable_remove(&table, find(5));
	ck_assert(hashtable_is_free(&entries[5]));
}
END_TEST

/* Whatever was added and removed, each entry is found, and no other. */
START_TEST(agrees_with_a_model)
{
	uint32_t key, i, n = 0;

	srandom(1);
	for (i = 0; i < 20000; i++) {
		key = 1 + (uint32_t)random() % 99;
		if (wanted[key]) {
			hashtable_remove(&table, find(key));
			n--;
		} else if (n < PLACES) {
			add_key(key);
			n++;
		} else {
			continue;
		}
		wanted[key] = !wanted[key];
		for (key = 1; key < 100; key++) {
			const struct entry *e = find(key);
			bool found = e != NULL && !hashtable_is_free(e);

			ck_assert_int_eq(found, wanted[key]);
			ck_assert(!found || e->value == key + 1000);
		}
	}
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, finds_what_was_added_or_the_free_place_for_it);
	tcase_add_test(tc, homes_are_taken_modulo_the_places);
	tcase_add_test(tc, a_run_wraps_at_the_end);
	tcase_add_test(tc, a_full_table_has_neither);
	tcase_add_test(tc, a_search_ends_after_a_run);
	tcase_add_test(tc, an_entry_at_its_home_does_not_move);
	tcase_add_test(tc, agrees_with_a_model);
}

int
main(void)
{
	return runner_main("hashtable", add);
}
