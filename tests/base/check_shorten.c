/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <string.h>

#include "base/shorten.h"
#include "runner.h"

START_TEST(leaves_what_fits)
{
	char buf[6];

	ck_assert_str_eq(shorten_text(buf, sizeof(buf), "12345"), "12345");
	ck_assert_str_eq(shorten_text(buf, sizeof(buf), ""), "");
}
END_TEST

START_TEST(leaves_the_middle_out)
{
	char buf[16];

	ck_assert_str_eq(shorten_text(buf, sizeof(buf),
			     "/a/very/long/path: gone"),
	    "/a/very... gone");
	ck_assert_uint_eq(strlen(buf), sizeof(buf) - 1);
}
END_TEST

START_TEST(keeps_within_any_size)
{
	char buf[40];
	size_t size;

	for (size = 1; size < sizeof(buf); size++) {
		memset(buf, 'x', sizeof(buf));
		shorten_text(buf, size,
		    "a text that is longer than every one of these sizes");
		ck_assert_uint_eq(strlen(buf), size - 1);
		ck_assert_int_eq(buf[size], 'x');
	}
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, leaves_what_fits);
	tcase_add_test(tc, leaves_the_middle_out);
	tcase_add_test(tc, keeps_within_any_size);
}

int
main(void)
{
	return runner_main("base/shorten", add);
}
