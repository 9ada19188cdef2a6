/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <string.h>

#include "ipc/builtin.h"
#include "runner.h"

START_TEST(finds_each_by_its_name)
{
	enum builtin b;

	for (b = 0; b < BUILTIN_COUNT; b++) {
		ck_assert_ptr_nonnull(builtin_name(b));
		ck_assert_int_eq(builtin_find(builtin_name(b)), b);
	}
}
END_TEST

START_TEST(knows_the_documented_ones)
{
	ck_assert_int_eq(builtin_find("echo"), BUILTIN_echo);
	ck_assert_int_eq(builtin_find("discard"), BUILTIN_discard);
	ck_assert_int_eq(builtin_find("chargen"), BUILTIN_chargen);
	ck_assert_int_eq(builtin_find("daytime"), BUILTIN_daytime);
	ck_assert_int_eq(builtin_find("time"), BUILTIN_time);
	ck_assert_int_eq(builtin_find("whoami"), BUILTIN_whoami);
}
END_TEST

START_TEST(finds_nothing_that_is_none)
{
	static const char *const name[] = { "", "Echo", "ech", "echo ", " echo",
		"echoo", "none", "NONE" };
	size_t i;

	for (i = 0; i < sizeof(name) / sizeof(name[0]); i++)
		ck_assert_int_eq(builtin_find(name[i]), BUILTIN_NONE);
}
END_TEST

START_TEST(says_of_each_what_it_is_for)
{
	enum builtin b;

	for (b = 0; b < BUILTIN_COUNT; b++)
		ck_assert_uint_gt(strlen(builtin_help(b)), 0);
}
END_TEST

START_TEST(has_no_name_for_an_impossible_number)
{
	ck_assert_ptr_null(builtin_name(BUILTIN_NONE));
	ck_assert_ptr_null(builtin_name(BUILTIN_COUNT));
	ck_assert_ptr_null(builtin_help(BUILTIN_NONE));
	ck_assert_ptr_null(builtin_help(BUILTIN_COUNT));
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, finds_each_by_its_name);
	tcase_add_test(tc, knows_the_documented_ones);
	tcase_add_test(tc, finds_nothing_that_is_none);
	tcase_add_test(tc, says_of_each_what_it_is_for);
	tcase_add_test(tc, has_no_name_for_an_impossible_number);
}

int
main(void)
{
	return runner_main("ipc/builtin", add);
}
