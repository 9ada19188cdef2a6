/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <bsd/stdlib.h>
#include <math.h>
#include <stdlib.h>

#include "tine/hist.h"
#include "runner.h"

#define N 20000

static int
compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* The value of that rank, as the histogram defines a quantile. */
static uint64_t
exact(const uint64_t *sorted, size_t n, double q)
{
	size_t rank = (size_t)ceil(q * (double)n);

	return sorted[rank < 1 ? 0 : rank - 1];
}

static void
expect_quantiles(uint64_t *v, size_t n)
{
	static const double qs[] = { 0, 0.001, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99,
		0.999, 0.9999, 1 };
	struct hist *h = hist_new();
	double want, got;
	size_t i;

	for (i = 0; i < n; i++)
		hist_add(h, v[i]);
	qsort(v, n, sizeof(v[0]), compare);
	for (i = 0; i < sizeof(qs) / sizeof(qs[0]); i++) {
		want = (double)exact(v, n, qs[i]);
		got = (double)hist_quantile(h, qs[i]);
		ck_assert_msg(got >= want && got <= want * 1.001,
		    "quantile %g: %g, not %g", qs[i], got, want);
	}
	ck_assert_uint_eq(h->min, v[0]);
	ck_assert_uint_eq(h->max, v[n - 1]);
	ck_assert_uint_eq(h->count, n);
	free(h);
}

START_TEST(agrees_with_sorted_uniform_data)
{
	static uint64_t v[N];
	size_t i;

	for (i = 0; i < N; i++)
		v[i] = arc4random_uniform(100000000);
	expect_quantiles(v, N);
}
END_TEST

START_TEST(agrees_with_sorted_data_of_many_magnitudes)
{
	static uint64_t v[N];
	size_t i;

	for (i = 0; i < N; i++)
		v[i] = ((uint64_t)arc4random() << 10 | 1) >>
		    arc4random_uniform(42);
	expect_quantiles(v, N);
}
END_TEST

START_TEST(agrees_with_two_clusters_and_an_outlier)
{
	static uint64_t v[N];
	size_t i;

	for (i = 0; i < N; i++)
		v[i] = (i % 100 == 0 ? 40000000 : 20000) +
		    arc4random_uniform(300);
	v[7] = HIST_MAX;
	expect_quantiles(v, N);
}
END_TEST

START_TEST(every_value_lies_in_its_bucket)
{
	uint64_t v;
	size_t i;
	int k;

	for (k = 0; k < 100000; k++) {
		v = ((uint64_t)arc4random() << 32 | arc4random()) >>
		    (22 + arc4random_uniform(42));
		i = hist_index(v);
		ck_assert_uint_lt(i, HIST_BUCKETS);
		ck_assert_uint_le(hist_lowest(i), v);
		ck_assert_uint_ge(hist_highest(i), v);
	}
}
END_TEST

START_TEST(buckets_follow_each_other_without_gap)
{
	size_t i;

	ck_assert_uint_eq(hist_lowest(0), 0);
	for (i = 0; i < HIST_BUCKETS; i++) {
		ck_assert_uint_eq(hist_index(hist_lowest(i)), i);
		ck_assert_uint_eq(hist_index(hist_highest(i)), i);
		ck_assert_uint_le(hist_highest(i) - hist_lowest(i),
		    hist_lowest(i) / 1000);
	}
	ck_assert_uint_eq(hist_highest(HIST_BUCKETS - 1), HIST_MAX);
}
END_TEST

START_TEST(merging_is_like_adding_all_to_one)
{
	struct hist *a = hist_new(), *b = hist_new(), *both = hist_new();
	uint64_t v;
	size_t i;

	for (i = 0; i < N; i++) {
		v = arc4random();
		hist_add(i % 3 == 0 ? a : b, v);
		hist_add(both, v);
	}
	hist_merge(a, b);
	ck_assert_uint_eq(a->count, both->count);
	ck_assert_uint_eq(a->min, both->min);
	ck_assert_uint_eq(a->max, both->max);
	ck_assert_mem_eq(a->bucket, both->bucket, sizeof(a->bucket));
	ck_assert_double_eq_tol(hist_mean(a), hist_mean(both), 1);
	free(a);
	free(b);
	free(both);
}
END_TEST

START_TEST(mean_and_deviation_are_exact)
{
	static const uint64_t v[] = { 2, 4, 4, 4, 5, 5, 7, 9 };
	struct hist *h = hist_new();
	size_t i;

	for (i = 0; i < sizeof(v) / sizeof(v[0]); i++)
		hist_add(h, v[i]);
	ck_assert_double_eq_tol(hist_mean(h), 5, 1e-9);
	ck_assert_double_eq_tol(hist_deviation(h), 2, 1e-9);
	free(h);
}
END_TEST

START_TEST(an_empty_one_has_no_values)
{
	struct hist *h = hist_new();

	ck_assert_uint_eq(hist_quantile(h, 0.5), 0);
	ck_assert_uint_eq(hist_quantile(h, 1), 0);
	ck_assert_double_eq(hist_mean(h), 0);
	ck_assert_double_eq(hist_deviation(h), 0);
	free(h);
}
END_TEST

START_TEST(counts_what_is_too_large_as_the_largest)
{
	struct hist *h = hist_new();

	hist_add(h, UINT64_MAX);
	ck_assert_uint_eq(h->max, HIST_MAX);
	ck_assert_uint_eq(hist_quantile(h, 0.5), HIST_MAX);
	free(h);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, agrees_with_sorted_uniform_data);
	tcase_add_test(tc, agrees_with_sorted_data_of_many_magnitudes);
	tcase_add_test(tc, agrees_with_two_clusters_and_an_outlier);
	tcase_add_test(tc, every_value_lies_in_its_bucket);
	tcase_add_test(tc, buckets_follow_each_other_without_gap);
	tcase_add_test(tc, merging_is_like_adding_all_to_one);
	tcase_add_test(tc, mean_and_deviation_are_exact);
	tcase_add_test(tc, an_empty_one_has_no_values);
	tcase_add_test(tc, counts_what_is_too_large_as_the_largest);
}

int
main(void)
{
	return runner_main("check_hist", add);
}
