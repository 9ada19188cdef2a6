/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "main/orphans.h"
#include "runner.h"

#define MANY 20000

static struct orphans list;
static struct orphan all[MANY];

static void
teardown(void)
{
	orphans_free(&list);
}

static void
add_one(struct orphan *o, pid_t pid, int64_t due)
{
	*o = (struct orphan) { .pid = pid, .due = due };
	ck_assert_int_eq(orphans_add(&list, o), 0);
}

START_TEST(finds_by_pid)
{
	ck_assert_ptr_null(orphans_find(&list, 5));
	add_one(&all[0], 5, 0);
	add_one(&all[1], 5 + 65536, 0); /* they want one place */
	add_one(&all[2], 5 + 131072, 0);
	ck_assert_ptr_eq(orphans_find(&list, 5), &all[0]);
	ck_assert_ptr_eq(orphans_find(&list, 5 + 131072), &all[2]);
	ck_assert_ptr_null(orphans_find(&list, 6));
	orphans_remove(&list, &all[0]);
	ck_assert_ptr_null(orphans_find(&list, 5));
	ck_assert_ptr_eq(orphans_find(&list, 5 + 131072), &all[2]);
	ck_assert_uint_eq(list.n, 2);
}
END_TEST

START_TEST(names_the_one_that_is_due_first)
{
	ck_assert_ptr_null(orphans_first(&list));
	add_one(&all[0], 2, 0);
	ck_assert_ptr_null(orphans_first(&list));
	add_one(&all[1], 3, 500);
	add_one(&all[2], 4, 100);
	ck_assert_ptr_eq(orphans_first(&list), &all[2]);
	orphans_due(&list, &all[2], 0);
	ck_assert_ptr_eq(orphans_first(&list), &all[1]);
	orphans_due(&list, &all[0], 499);
	ck_assert_ptr_eq(orphans_first(&list), &all[0]);
	orphans_remove(&list, &all[0]);
	orphans_remove(&list, &all[1]);
	ck_assert_ptr_null(orphans_first(&list));
}
END_TEST

static const struct orphan *
first_of(const bool *there)
{
	const struct orphan *first = NULL;
	unsigned int i;

	for (i = 0; i < 100; i++)
		if (there[i] && all[i].due != 0 &&
		    (first == NULL || all[i].due < first->due))
			first = &all[i];
	return first;
}

START_TEST(agrees_with_a_model)
{
	static bool there[100];
	const struct orphan *first;
	unsigned int i, k;

	srandom(3);
	for (i = 0; i < 30000; i++) {
		k = (unsigned int)random() % 100;
		if (!there[k])
			/* Some of them collide. */
			add_one(&all[k], 2 + (pid_t)(k * (k % 2 + 127)),
			    random() % 50);
		else if (random() % 3 == 0)
			orphans_due(&list, &all[k], random() % 50);
		else
			orphans_remove(&list, &all[k]);
		there[k] = !there[k] || orphans_find(&list, all[k].pid) != NULL;
		first = first_of(there);
		ck_assert((first == NULL) == (orphans_first(&list) == NULL));
		if (first != NULL)
			ck_assert_int_eq(orphans_first(&list)->due, first->due);
		for (k = 0; k < 100; k++)
			ck_assert((orphans_find(&list, all[k].pid) ==
				      &all[k]) == there[k]);
	}
}
END_TEST

/* As many as there are, and memory for so many. */
START_TEST(grows_and_shrinks)
{
	unsigned int i;

	for (i = 0; i < MANY; i++)
		add_one(&all[i], 2 + (pid_t)i, 1 + (int64_t)(i * 7919 % MANY));
	ck_assert_uint_ge(list.room, MANY);
	for (i = 0; i < MANY; i++) {
		struct orphan *o = orphans_first(&list);

		ck_assert_int_eq(o->due, 1 + i);
		ck_assert_ptr_eq(orphans_find(&list, o->pid), o);
		orphans_remove(&list, o);
	}
	ck_assert_uint_eq(list.n, 0);
	ck_assert_uint_le(list.room, 64);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_checked_fixture(tc, NULL, teardown);
	tcase_add_test(tc, finds_by_pid);
	tcase_add_test(tc, names_the_one_that_is_due_first);
	tcase_add_test(tc, agrees_with_a_model);
	tcase_add_test(tc, grows_and_shrinks);
}

int
main(void)
{
	return runner_main("orphans", add);
}
