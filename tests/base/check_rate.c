/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <bsd/stdlib.h>

#include "base/rate.h"
#include "runner.h"

#define SECOND 1000000

static const int64_t start = 5000000000;

/* The time until there is a token, which is not taken. */
static int64_t
wait_of(int64_t full_us, const struct rate *rate, int64_t now_us)
{
	_Atomic int64_t full = full_us;

	return rate_take(&full, rate, now_us);
}

/* How many tokens are had from now on in us, asking every step. */
static unsigned int
take_for(_Atomic int64_t *full, const struct rate *rate, int64_t *now,
    int64_t us, int64_t step)
{
	int64_t end = *now + us;
	unsigned int n = 0;

	for (; *now < end; *now += step)
		while (rate_take(full, rate, *now) == 0)
			n++;
	return n;
}

START_TEST(is_no_limit_at_rate_0)
{
	const struct rate none = { 0, 0 };
	_Atomic int64_t full = INT64_MAX;

	ck_assert_int_eq(wait_of(INT64_MAX, &none, start), 0);
	ck_assert_int_eq(rate_take(&full, &none, start), 0);
	ck_assert_int_eq(atomic_load(&full), INT64_MAX);
}
END_TEST

START_TEST(gives_the_burst_at_once_and_then_the_rate)
{
	static const struct rate row[] = { { 1, 1 }, { 1, 10 }, { 10, 1 },
		{ 10, 5 }, { 100, 200 }, { 1000, 1 }, { 4, 4 } };
	unsigned int i, n;

	for (i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		_Atomic int64_t full = 0;
		int64_t now = start;

		for (n = 0; rate_take(&full, &row[i], now) == 0; n++)
			ck_assert_uint_lt(n, 1000);
		ck_assert_uint_eq(n, row[i].burst);
		now += 100;
		n = take_for(&full, &row[i], &now, 20 * SECOND, 100);
		ck_assert_uint_eq(n, 20 * row[i].rate);
	}
}
END_TEST

START_TEST(fills_up_to_the_burst_and_no_further)
{
	const struct rate rate = { 10, 7 };
	_Atomic int64_t full = 0;
	int64_t now = start;

	ck_assert_uint_eq(take_for(&full, &rate, &now, 1, 1), 7);
	now += 300000; /* 3 tokens */
	ck_assert_uint_eq(take_for(&full, &rate, &now, 1, 1), 3);
	now += (int64_t)3600 * SECOND;
	ck_assert_uint_eq(take_for(&full, &rate, &now, 1, 1), 7);
}
END_TEST

START_TEST(says_exactly_how_long_to_wait)
{
	const struct rate rate = { 8, 3 };
	_Atomic int64_t full = 0;
	int64_t now = start, wait;
	int i;

	for (i = 0; i < 1000; i++) {
		wait = rate_take(&full, &rate, now);
		ck_assert_int_eq(wait_of(atomic_load(&full), &rate, now) > 0,
		    wait > 0 || wait_of(atomic_load(&full), &rate, now) > 0);
		if (wait == 0)
			continue;
		ck_assert_int_le(wait, SECOND / 8);
		ck_assert_int_eq(wait_of(atomic_load(&full), &rate,
				     now + wait - 1),
		    1);
		ck_assert_int_eq(wait_of(atomic_load(&full), &rate, now + wait),
		    0);
		now += wait;
	}
	/* 997 tokens after the burst of 3, one in every eighth of a second. */
	ck_assert_int_eq(wait_of(0, &rate, now), 0);
}
END_TEST

START_TEST(is_never_faster_than_an_odd_rate)
{
	static const uint32_t rates[] = { 3, 7, 333, 9999, 30000 };
	unsigned int i, n;

	for (i = 0; i < 5; i++) {
		const struct rate rate = { rates[i], 1 };
		_Atomic int64_t full = 0;
		int64_t now = start;

		n = take_for(&full, &rate, &now, 10 * SECOND, 1);
		ck_assert_uint_le(n, 10 * rates[i] + 1);
		/* A microsecond late at most for each. */
		ck_assert_uint_ge(n, 10 * SECOND / (SECOND / rates[i] + 1) - 1);
	}
}
END_TEST

START_TEST(recovers_from_scribbled_times)
{
	static const int64_t bad[] = { INT64_MIN, -1, 0, 1, INT64_MAX,
		INT64_MAX - 1 };
	static const struct rate row[] = { { 10, 5 }, { 1, 1 },
		{ UINT32_MAX, UINT32_MAX }, { 1, UINT32_MAX }, { 5, 0 } };
	_Atomic int64_t full;
	int64_t wait, now;
	unsigned int i, k;

	for (i = 0; i < 6; i++)
		for (k = 0; k < 5; k++) {
			atomic_store(&full, bad[i]);
			wait = rate_take(&full, &row[k], start);
			ck_assert_int_ge(wait, 0);
			if (wait == 0)
				continue;
			now = start + wait;
			ck_assert_int_eq(rate_take(&full, &row[k], now), 0);
		}
	/* No longer than a token's time, whatever stands there. */
	for (i = 0; i < 10000; i++) {
		arc4random_buf(&full, sizeof(full));
		wait = rate_take(&full, &row[0], start);
		ck_assert_int_ge(wait, 0);
		ck_assert_int_le(wait, SECOND / 10);
	}
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, is_no_limit_at_rate_0);
	tcase_add_test(tc, gives_the_burst_at_once_and_then_the_rate);
	tcase_add_test(tc, fills_up_to_the_burst_and_no_further);
	tcase_add_test(tc, says_exactly_how_long_to_wait);
	tcase_add_test(tc, is_never_faster_than_an_odd_rate);
	tcase_add_test(tc, recovers_from_scribbled_times);
}

int
main(void)
{
	return runner_main("rate", add);
}
