/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/space.h"
#include "runner.h"

#define PAGES 1024

static struct space space;

static void
setup(void)
{
	space = (struct space) { .max = PAGES };
}

static void
teardown(void)
{
	free(space.busy);
}

START_TEST(never_gives_page_0)
{
	uint32_t pages[3];

	ck_assert_int_eq(space_take_any(&space, 3, pages), 0);
	ck_assert_uint_eq(pages[0], 1);
	ck_assert_uint_eq(pages[1], 2);
	ck_assert_uint_eq(pages[2], 3);
	ck_assert_uint_eq(space_take(&space, 2), 4);
	ck_assert_uint_eq(space.nbusy, 5);
}
END_TEST

START_TEST(gives_the_lowest_that_lie_side_by_side)
{
	uint32_t pages[4];

	ck_assert_uint_eq(space_take(&space, 100), 1);
	space_give(&space, 10, 3);
	space_give(&space, 60, 10);
	ck_assert_uint_eq(space_take(&space, 4), 60);
	ck_assert_uint_eq(space_take(&space, 7), 101);
	ck_assert_uint_eq(space_take(&space, 6), 64);
	ck_assert_int_eq(space_take_any(&space, 4, pages), 0);
	ck_assert_uint_eq(pages[0], 10);
	ck_assert_uint_eq(pages[2], 12);
	ck_assert_uint_eq(pages[3], 108);
}
END_TEST

START_TEST(gives_all_that_there_are_and_no_more)
{
	uint32_t pages[PAGES], i;

	for (i = 1; i < PAGES; i++)
		ck_assert_uint_eq(space_take(&space, 1), i);
	errno = 0;
	ck_assert_uint_eq(space_take(&space, 1), 0);
	ck_assert_int_eq(errno, ENOSPC);
	space_give(&space, 500, 2);
	ck_assert_int_eq(space_take_any(&space, 3, pages), -1);
	ck_assert_int_eq(errno, ENOSPC);
	ck_assert_uint_eq(space.nbusy, PAGES - 3); /* none is taken */
	ck_assert_uint_eq(space_take(&space, 3), 0);
	ck_assert_uint_eq(space_take(&space, UINT32_MAX), 0);
	ck_assert_uint_eq(space_take(&space, 2), 500);
}
END_TEST

START_TEST(finds_what_is_free_and_what_is_not)
{
	ck_assert_uint_eq(space_next_busy(&space, 0), UINT32_MAX);
	ck_assert_uint_eq(space_next_free(&space, 7), 7);
	ck_assert_int_eq(space_put(&space, 70, 130), 0);
	ck_assert_uint_eq(space_next_busy(&space, 0), 70);
	ck_assert_uint_eq(space_next_free(&space, 70), 200);
	ck_assert_uint_eq(space_next_busy(&space, 200), UINT32_MAX);
	ck_assert_uint_eq(space_next_free(&space, 900), 900);
	ck_assert_int_eq(space_put(&space, PAGES - 1, 1), 0);
	ck_assert_int_eq(space_put(&space, PAGES, 1), -1);
	ck_assert_uint_eq(space_next_busy(&space, 200), PAGES - 1);
	ck_assert_uint_eq(space.nbusy, 131);
	ck_assert_int_eq(space_put(&space, 190, 20), 0); /* some twice */
	ck_assert_uint_eq(space.nbusy, 141);
	space_give(&space, 0, PAGES);
	space_give(&space, 5000, 10); /* there are none */
	ck_assert_uint_eq(space.nbusy, 0);
	ck_assert_uint_eq(space_next_busy(&space, 0), UINT32_MAX);
}
END_TEST

/* Against an array of bytes. */
static char model[PAGES];

static uint32_t
lowest_run(uint32_t n)
{
	uint32_t page, run = 0;

	for (page = 1; page < PAGES; page++) {
		run = model[page] ? 0 : run + 1;
		if (run == n)
			return page - n + 1;
	}
	return 0;
}

START_TEST(agrees_with_a_model)
{
	uint32_t n, at, i, k, busy;

	srandom(1);
	memset(model, 0, sizeof(model));
	for (i = 0; i < 20000; i++) {
		n = 1 + (uint32_t)random() % 40;
		if (random() % 2 == 0) {
			at = lowest_run(n);
			ck_assert_uint_eq(space_take(&space, n), at);
			if (at != 0)
				memset(model + at, 1, n);
		} else {
			at = 1 + (uint32_t)random() % (PAGES - 41);
			space_give(&space, at, n);
			memset(model + at, 0, n);
		}
		for (k = 0, busy = 0; k < PAGES; k++)
			busy += model[k] != 0;
		ck_assert_uint_eq(space.nbusy, busy);
	}
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, never_gives_page_0);
	tcase_add_test(tc, gives_the_lowest_that_lie_side_by_side);
	tcase_add_test(tc, gives_all_that_there_are_and_no_more);
	tcase_add_test(tc, finds_what_is_free_and_what_is_not);
	tcase_add_test(tc, agrees_with_a_model);
}

int
main(void)
{
	return runner_main("space", add);
}
