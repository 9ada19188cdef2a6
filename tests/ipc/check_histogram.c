/* SPDX-License-Identifier: ISC */
/*
 * Goal of these tests: each value is counted in the bucket with the lowest bound
 * that is not below it, and quantiles come from the buckets.
 */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "ipc/histogram.h"
#include "runner.h"

static struct histogram h;

static void
empty(void)
{
	memset(&h, 0, sizeof(h));
}

/* The bucket by definition. */
static unsigned int
expected(enum histogram_kind kind, uint64_t v)
{
	unsigned int i;

	for (i = 0; i < histogram_bounds(kind); i++)
		if (v <= histogram_bound(kind, i))
			break;
	return i;
}

static void
assert_counted(enum histogram_kind kind, uint64_t v)
{
	unsigned int i = expected(kind, v);
	uint64_t before = atomic_load(&h.count[i]);

	histogram_add(&h, kind, v);
	ck_assert_msg(atomic_load(&h.count[i]) == before + 1,
	    "kind %u: %" PRIu64 " is not in bucket %u", kind, v, i);
}

/* Around each power of two and each bound. */
START_TEST(counts_a_value_in_its_bucket)
{
	enum histogram_kind kind = (enum histogram_kind)_i;
	unsigned int i;

	assert_counted(kind, 0);
	assert_counted(kind, UINT64_MAX);
	for (i = 0; i < 64; i++) {
		assert_counted(kind, (1ULL << i) - 1);
		assert_counted(kind, 1ULL << i);
		assert_counted(kind, (1ULL << i) + 1);
	}
	for (i = 0; i < histogram_bounds(kind); i++) {
		assert_counted(kind, histogram_bound(kind, i) - 1);
		assert_counted(kind, histogram_bound(kind, i));
		assert_counted(kind, histogram_bound(kind, i) + 1);
	}
	ck_assert_uint_eq(histogram_total(&h),
	    2 + 3 * 64 + 3 * histogram_bounds(kind));
}
END_TEST

START_TEST(has_bounds_that_grow)
{
	static const uint64_t first[] = { 10, 1, 64 };
	static const uint64_t last[] = { 10000000, 86400000, 1ULL << 34 };
	enum histogram_kind kind = (enum histogram_kind)_i;
	unsigned int i, n = histogram_bounds(kind);

	ck_assert_uint_lt(n, HISTOGRAM_BUCKETS);
	ck_assert_uint_eq(histogram_bound(kind, 0), first[kind]);
	ck_assert_uint_eq(histogram_bound(kind, n - 1), last[kind]);
	for (i = 1; i < n; i++)
		ck_assert_uint_gt(histogram_bound(kind, i),
		    histogram_bound(kind, i - 1));
}
END_TEST

START_TEST(adds_values_up)
{
	histogram_add(&h, HISTOGRAM_SENT, 100);
	histogram_add(&h, HISTOGRAM_SENT, 1000000);
	ck_assert_uint_eq(atomic_load(&h.sum), 1000100);
}
END_TEST

START_TEST(knows_quantiles)
{
	unsigned int i;

	ck_assert_uint_eq(histogram_quantile(&h, HISTOGRAM_SPAWN, 500), 0);
	for (i = 0; i < 98; i++)
		histogram_add(&h, HISTOGRAM_SPAWN, 42);
	histogram_add(&h, HISTOGRAM_SPAWN, 4200);
	histogram_add(&h, HISTOGRAM_SPAWN, 60000000);
	ck_assert_uint_eq(histogram_quantile(&h, HISTOGRAM_SPAWN, 500), 50);
	ck_assert_uint_eq(histogram_quantile(&h, HISTOGRAM_SPAWN, 980), 5000);
	ck_assert_uint_eq(histogram_quantile(&h, HISTOGRAM_SPAWN, 990),
	    UINT64_MAX);
}
END_TEST

/* Anybody can write to the scoreboard. */
START_TEST(bears_counts_that_are_too_large)
{
	memset(&h, 0xff, sizeof(h));
	ck_assert_uint_ne(histogram_quantile(&h, HISTOGRAM_SPAWN, 990), 0);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_checked_fixture(tc, empty, NULL);
	tcase_add_loop_test(tc, counts_a_value_in_its_bucket, 0, HISTOGRAMS);
	tcase_add_loop_test(tc, has_bounds_that_grow, 0, HISTOGRAMS);
	tcase_add_test(tc, adds_values_up);
	tcase_add_test(tc, knows_quantiles);
	tcase_add_test(tc, bears_counts_that_are_too_large);
}

int
main(void)
{
	return runner_main("histogram", add);
}
