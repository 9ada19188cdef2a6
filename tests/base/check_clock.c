/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdint.h>
#include <time.h>

#include "base/clock.h"
#include "runner.h"

START_TEST(counts_as_the_monotonic_clock_does)
{
	struct timespec ts;
	int64_t before, ms, us, after;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	before = (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
	us = clock_us();
	ms = clock_ms();
	clock_gettime(CLOCK_MONOTONIC, &ts);
	after = (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
	ck_assert_int_ge(us, before);
	ck_assert_int_ge(ms, us / 1000);
	ck_assert_int_le(ms, after / 1000);
}
END_TEST

START_TEST(never_runs_back)
{
	int64_t last = clock_us(), now;
	int i;

	for (i = 0; i < 100000; i++) {
		now = clock_us();
		ck_assert_int_ge(now, last);
		last = now;
	}
}
END_TEST

START_TEST(waits_for_ever_without_a_deadline)
{
	struct timespec ts;

	ck_assert_ptr_null(clock_timeout(0, 1000, &ts));
}
END_TEST

START_TEST(waits_until_the_deadline)
{
	struct timespec ts;

	ck_assert_ptr_eq(clock_timeout(11999, 10000, &ts), &ts);
	ck_assert_int_eq(ts.tv_sec, 1);
	ck_assert_int_eq(ts.tv_nsec, 999000000);
	ck_assert_ptr_eq(clock_timeout(12000, 10000, &ts), &ts);
	ck_assert_int_eq(ts.tv_sec, 2);
	ck_assert_int_eq(ts.tv_nsec, 0);
	ck_assert_ptr_eq(clock_timeout(INT64_MAX, 0, &ts), &ts);
	ck_assert_int_eq(ts.tv_sec, INT64_MAX / 1000);
	ck_assert_int_eq(ts.tv_nsec, INT64_MAX % 1000 * 1000000);
}
END_TEST

START_TEST(waits_no_longer_when_the_deadline_has_passed)
{
	static const int64_t now[] = { 5000, 5001, 9000, INT64_MAX };
	struct timespec ts;
	size_t i;

	for (i = 0; i < sizeof(now) / sizeof(now[0]); i++) {
		ts.tv_sec = ts.tv_nsec = -1;
		ck_assert_ptr_eq(clock_timeout(5000, now[i], &ts), &ts);
		ck_assert_int_eq(ts.tv_sec, 0);
		ck_assert_int_eq(ts.tv_nsec, 0);
	}
}
END_TEST

START_TEST(finds_the_earlier_deadline)
{
	ck_assert_int_eq(clock_earlier(1, 2), 1);
	ck_assert_int_eq(clock_earlier(2, 1), 1);
	ck_assert_int_eq(clock_earlier(2, 2), 2);
}
END_TEST

START_TEST(takes_0_for_no_deadline)
{
	ck_assert_int_eq(clock_earlier(0, 5), 5);
	ck_assert_int_eq(clock_earlier(5, 0), 5);
	ck_assert_int_eq(clock_earlier(0, 0), 0);
}
END_TEST

START_TEST(rests_in_proportion_to_the_work)
{
	int64_t before = clock_ms(), rest = clock_rest(3000, 5, 1000);

	ck_assert_int_ge(rest, before + 12);
	ck_assert_int_le(rest, clock_ms() + 12);
	ck_assert_int_le(clock_rest(3000, 1, 1000), clock_ms());
}
END_TEST

START_TEST(rests_no_longer_than_it_may)
{
	int64_t before = clock_ms(), rest = clock_rest(3000000, 5, 1000);

	ck_assert_int_ge(rest, before + 1000);
	ck_assert_int_le(rest, clock_ms() + 1000);
}
END_TEST

START_TEST(counts_the_time_of_the_processor)
{
	int64_t before = clock_cpu_us(), start = clock_ms();

	while (clock_cpu_us() - before < 1000)
		ck_assert_int_lt(clock_ms() - start, 20000);
	ck_assert_int_ge(clock_ms() - start, 1);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, counts_as_the_monotonic_clock_does);
	tcase_add_test(tc, never_runs_back);
	tcase_add_test(tc, waits_for_ever_without_a_deadline);
	tcase_add_test(tc, waits_until_the_deadline);
	tcase_add_test(tc, waits_no_longer_when_the_deadline_has_passed);
	tcase_add_test(tc, finds_the_earlier_deadline);
	tcase_add_test(tc, takes_0_for_no_deadline);
	tcase_add_test(tc, rests_in_proportion_to_the_work);
	tcase_add_test(tc, rests_no_longer_than_it_may);
	tcase_add_test(tc, counts_the_time_of_the_processor);
}

int
main(void)
{
	return runner_main("base/clock", add);
}
