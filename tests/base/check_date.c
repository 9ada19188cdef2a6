/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/date.h"
#include "runner.h"

/* As `Thursday, January 1, 1970 00:00:00`. */
static const char *
text(int64_t t)
{
	static char array[64];
	struct buf b = buf_on(array, sizeof(array));
	struct date d;

	date_utc(t, &d);
	buf_str(&b, d.weekday);
	buf_str(&b, ", ");
	buf_str(&b, d.month);
	buf_char(&b, ' ');
	buf_uint(&b, d.day);
	buf_str(&b, ", ");
	buf_uint(&b, d.year);
	buf_char(&b, ' ');
	date_clock(&b, &d);
	return buf_string(&b);
}

START_TEST(agrees_with_the_c_library_on_every_day_until_2500)
{
	char want[64], day[64];
	struct tm tm;
	time_t t;

	for (t = 1; t < 16725225600; t += 86400 + 61) {
		gmtime_r(&t, &tm);
		strftime(want, sizeof(want), "%A, %B ", &tm);
		snprintf(day, sizeof(day), "%d, ", tm.tm_mday);
		strcat(want, day);
		strftime(day, sizeof(day), "%Y %H:%M:%S", &tm);
		strcat(want, day);
		ck_assert_str_eq(text(t), want);
	}
}
END_TEST

START_TEST(shows_a_time_out_of_range_as_zero)
{
	static const int64_t out[] = { -1, INT64_MIN, INT64_MAX,
		DATE_LAST + 1 };
	size_t i;

	for (i = 0; i < sizeof(out) / sizeof(out[0]); i++)
		ck_assert_str_eq(text(out[i]),
		    "Thursday, January 1, 1970 00:00:00");
	ck_assert_str_eq(text(DATE_LAST), "Friday, December 31, 9999 23:59:59");
}
END_TEST

static void
add(TCase *t)
{
	tcase_add_test(t, agrees_with_the_c_library_on_every_day_until_2500);
	tcase_add_test(t, shows_a_time_out_of_range_as_zero);
}

int
main(void)
{
	return runner_main("date", add);
}
