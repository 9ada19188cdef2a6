/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "runner.h"

START_TEST(appends_to_an_array)
{
	char array[16];
	struct buf b = buf_on(array, sizeof(array));

	ck_assert(buf_str(&b, "ab"));
	ck_assert(buf_char(&b, 'c'));
	ck_assert(buf_add(&b, "defg", 3));
	ck_assert(buf_add(&b, "", 0));
	ck_assert_uint_eq(b.len, 6);
	ck_assert_uint_eq(buf_room(&b), 10);
	ck_assert_ptr_eq(buf_string(&b), array);
	ck_assert_str_eq(array, "abcdef");
}
END_TEST

START_TEST(cuts_what_does_not_fit)
{
	char array[8] = "xxxxxxx";
	struct buf b;
	size_t size;

	for (size = 1; size < sizeof(array); size++) {
		memset(array, 'x', sizeof(array));
		b = buf_on(array, size);
		ck_assert(!buf_str(&b, "0123456789"));
		ck_assert_uint_eq(b.len, size);
		ck_assert(!buf_char(&b, 'a'));
		ck_assert_int_eq(array[size - 1], '0' + (int)size - 1);
		ck_assert_uint_eq(strlen(buf_string(&b)), size - 1);
		ck_assert_int_eq(array[size], 'x');
	}
	b = buf_on(array, 0);
	ck_assert(!buf_uint(&b, 0));
	ck_assert_ptr_eq(buf_string(&b), array);
	ck_assert_int_eq(array[0], '0');
}
END_TEST

START_TEST(prints_numbers)
{
	static const int64_t numbers[] = { 0, 1, 9, 10, 65535, UINT32_MAX,
		INT64_MAX, -1, -10, INT64_MIN };
	char array[32], want[32];
	struct buf b;
	size_t i;

	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		b = buf_on(array, sizeof(array));
		ck_assert(buf_int(&b, numbers[i]));
		snprintf(want, sizeof(want), "%" PRId64, numbers[i]);
		ck_assert_str_eq(buf_string(&b), want);
		b.len = 0;
		ck_assert(buf_uint(&b, (uint64_t)numbers[i]));
		snprintf(want, sizeof(want), "%" PRIu64, (uint64_t)numbers[i]);
		ck_assert_str_eq(buf_string(&b), want);
	}
}
END_TEST

START_TEST(grows_where_there_is_no_array)
{
	struct buf b = { .s = NULL };
	unsigned int i;
	char *s;

	for (i = 0; i < 1000; i++) {
		ck_assert(buf_uint(&b, i % 10));
		ck_assert_uint_eq(strlen(buf_string(&b)), i + 1);
	}
	s = buf_string(&b);
	for (i = 0; i < 1000; i++)
		ck_assert_int_eq(s[i], '0' + (int)(i % 10));
	free(s);
	b = (struct buf) { .s = NULL };
	s = buf_string(&b);
	ck_assert_str_eq(s, "");
	free(s);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, appends_to_an_array);
	tcase_add_test(tc, cuts_what_does_not_fit);
	tcase_add_test(tc, prints_numbers);
	tcase_add_test(tc, grows_where_there_is_no_array);
}

int
main(void)
{
	return runner_main("base/buf", add);
}
