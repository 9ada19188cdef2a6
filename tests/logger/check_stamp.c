/* SPDX-License-Identifier: ISC */
/* The times of the log's lines. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <bsd/string.h>

#include "logger/stamp.h"
#include "runner.h"

START_TEST(a_time_is_as_rfc_3339_has_it)
{
	static const struct {
		time_t s;
		long ns;
		const char *text;
	} table[] = {
		{ 0, 0, "1970-01-01T00:00:00.000Z" },
		{ 0, 999999999, "1970-01-01T00:00:00.999Z" },
		{ 951782400, 7000000, "2000-02-29T00:00:00.007Z" },
		{ 1795719303, 42999999, "2026-11-26T18:55:03.042Z" },
		{ 1795719303, 43000000, "2026-11-26T18:55:03.043Z" },
		{ 1795719304, 0, "2026-11-26T18:55:04.000Z" },
		{ 1795719303, 1, "2026-11-26T18:55:03.000Z" }, /* set back */
		{ 253402300799, 0, "9999-12-31T23:59:59.000Z" },
	};
	struct timespec ts;
	size_t i;

	setenv("TZ", "Asia/Kathmandu", 1);
	tzset();
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		ts = (struct timespec) { .tv_sec = table[i].s,
			.tv_nsec = table[i].ns };
		ck_assert_str_eq(stamp(&ts), table[i].text);
	}
}
END_TEST

START_TEST(now_is_now)
{
	struct timespec ts;
	char before[64];

	clock_gettime(CLOCK_REALTIME, &ts);
	strlcpy(before, stamp(&ts), sizeof(before));
	ck_assert_int_ge(strcmp(stamp_now(), before), 0);
	ts.tv_sec += 60;
	strlcpy(before, stamp_now(), sizeof(before));
	ck_assert_int_lt(strcmp(before, stamp(&ts)), 0);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, a_time_is_as_rfc_3339_has_it);
	tcase_add_test(tc, now_is_now);
}

int
main(void)
{
	return runner_main("stamp", add);
}
