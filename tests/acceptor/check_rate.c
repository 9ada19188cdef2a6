/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <bsd/stdlib.h>
#include <string.h>

#include "acceptor/rate.h"
#include "ipc/scoreboard_main.h"
#include "runner.h"

#define SECOND 1000000

static const int64_t start = 5000000000;

/* How many tokens are had from now on in us, asking every step. */
static unsigned int
take_for(_Atomic int64_t *full, const struct settings_rate *rate, int64_t *now,
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
	const struct settings_rate none = { 0, 0 };
	_Atomic int64_t full = INT64_MAX;

	ck_assert_int_eq(rate_wait(INT64_MAX, &none, start), 0);
	ck_assert_int_eq(rate_take(&full, &none, start), 0);
	ck_assert_int_eq(atomic_load(&full), INT64_MAX);
}
END_TEST

START_TEST(gives_the_burst_at_once_and_then_the_rate)
{
	static const struct settings_rate row[] = { { 1, 1 }, { 1, 10 },
		{ 10, 1 }, { 10, 5 }, { 100, 200 }, { 1000, 1 }, { 4, 4 } };
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
	const struct settings_rate rate = { 10, 7 };
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
	const struct settings_rate rate = { 8, 3 };
	_Atomic int64_t full = 0;
	int64_t now = start, wait;
	int i;

	for (i = 0; i < 1000; i++) {
		wait = rate_take(&full, &rate, now);
		ck_assert_int_eq(rate_wait(atomic_load(&full), &rate, now) > 0,
		    wait > 0 || rate_wait(atomic_load(&full), &rate, now) > 0);
		if (wait == 0)
			continue;
		ck_assert_int_le(wait, SECOND / 8);
		ck_assert_int_eq(rate_wait(atomic_load(&full), &rate,
				     now + wait - 1),
		    1);
		ck_assert_int_eq(rate_wait(atomic_load(&full), &rate,
				     now + wait),
		    0);
		now += wait;
	}
	/* 997 tokens after the burst of 3, one in every eighth of a second. */
	ck_assert_int_eq(rate_wait(0, &rate, now), 0);
}
END_TEST

START_TEST(is_never_faster_than_an_odd_rate)
{
	static const uint32_t rates[] = { 3, 7, 333, 9999, 30000 };
	unsigned int i, n;

	for (i = 0; i < 5; i++) {
		const struct settings_rate rate = { rates[i], 1 };
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
	static const struct settings_rate row[] = { { 10, 5 }, { 1, 1 },
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

static struct scoreboard *b;

static struct addr
source(uint32_t n)
{
	struct addr a = { .family = AF_INET };

	memcpy(a.ip, &n, sizeof(n));
	return a;
}

START_TEST(gives_each_source_a_bucket_of_its_own)
{
	const struct settings_rate rate = { 1, 2 };
	struct addr a = source(1), a6 = { .family = AF_INET6 }, other;
	uint32_t i;

	b = scoreboard_new("test");
	ck_assert_ptr_eq(rate_bucket(b, &a), rate_bucket(b, &a));
	memcpy(a6.ip, a.ip, sizeof(a.ip));
	ck_assert_ptr_ne(rate_bucket(b, &a), rate_bucket(b, &a6));
	ck_assert_int_eq(rate_take(rate_bucket(b, &a), &rate, start), 0);
	ck_assert_int_eq(rate_take(rate_bucket(b, &a), &rate, start), 0);
	for (i = 2; i < 5000; i++) {
		other = source(i);
		ck_assert_int_eq(rate_take(rate_bucket(b, &other), &rate,
				     start),
		    0);
	}
	ck_assert_int_gt(rate_take(rate_bucket(b, &a), &rate, start), 0);
}
END_TEST

/* In a set of four the one that is full first gives way: those that are
 * limited at the moment stay so. */
START_TEST(keeps_the_buckets_that_are_emptiest)
{
	struct scoreboard_bucket *set;
	struct addr a = source(1);
	_Atomic int64_t *mine;
	int i;

	b = scoreboard_new("test");
	mine = rate_bucket(b, &a);
	atomic_store(mine, start + 4);
	set = scoreboard_buckets(b) +
	    ((struct scoreboard_bucket *)(void *)((char *)mine -
		 offsetof(struct scoreboard_bucket, full_us)) -
		scoreboard_buckets(b)) /
		4 * 4;
	for (i = 0; i < 4; i++)
		if (&set[i].full_us != mine) {
			atomic_store(&set[i].key, 99 + i);
			atomic_store(&set[i].full_us, start + i);
		}
	ck_assert_ptr_eq(rate_bucket(b, &a), mine);
	ck_assert_int_eq(atomic_load(mine), start + 4);
}
END_TEST

START_TEST(bears_buckets_of_random_bytes)
{
	struct addr a;
	_Atomic int64_t *full;
	uint32_t i;

	b = scoreboard_new("test");
	arc4random_buf(scoreboard_buckets(b),
	    SCOREBOARD_BUCKETS * sizeof(struct scoreboard_bucket));
	for (i = 0; i < 100000; i++) {
		a = source(i);
		full = rate_bucket(b, &a);
		ck_assert(full >= &scoreboard_buckets(b)[0].full_us &&
		    full <=
			&scoreboard_buckets(b)[SCOREBOARD_BUCKETS - 1].full_us);
		ck_assert_int_eq(atomic_load(full), 0);
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
	tcase_add_test(tc, gives_each_source_a_bucket_of_its_own);
	tcase_add_test(tc, keeps_the_buckets_that_are_emptiest);
	tcase_add_test(tc, bears_buckets_of_random_bytes);
}

int
main(void)
{
	return runner_main("rate", add);
}
