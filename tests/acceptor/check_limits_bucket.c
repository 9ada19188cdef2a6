/* SPDX-License-Identifier: ISC */
/* The token buckets of sources. */
#include "config.h"

#include <bsd/stdlib.h>
#include <string.h>

#include "acceptor/limits.h"
#include "ipc/scoreboard_main.h"
#include "ipc/source.h"
#include "runner.h"

static const int64_t start = 5000000000;

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
	const struct rate rate = { 1, 2 };
	struct addr a = source(1), a6 = { .family = AF_INET6 }, other;
	uint32_t i;

	b = scoreboard_new("test");
	ck_assert_ptr_eq(source_bucket(b, &a), source_bucket(b, &a));
	memcpy(a6.ip, a.ip, sizeof(a.ip));
	ck_assert_ptr_ne(source_bucket(b, &a), source_bucket(b, &a6));
	ck_assert_int_eq(rate_take(source_bucket(b, &a), &rate, start), 0);
	ck_assert_int_eq(rate_take(source_bucket(b, &a), &rate, start), 0);
	for (i = 2; i < 5000; i++) {
		other = source(i);
		ck_assert_int_eq(rate_take(source_bucket(b, &other), &rate,
				     start),
		    0);
	}
	ck_assert_int_gt(rate_take(source_bucket(b, &a), &rate, start), 0);
}
END_TEST

/* Of a set of four the one that is full first is replaced: sources that are
 * limited at the moment stay limited. */
START_TEST(keeps_the_buckets_that_are_emptiest)
{
	struct scoreboard_bucket *set;
	struct addr a = source(1);
	_Atomic int64_t *mine;
	int i;

	b = scoreboard_new("test");
	mine = source_bucket(b, &a);
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
	ck_assert_ptr_eq(source_bucket(b, &a), mine);
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
		full = source_bucket(b, &a);
		ck_assert(full >= &scoreboard_buckets(b)[0].full_us &&
		    full <=
			&scoreboard_buckets(b)[SCOREBOARD_BUCKETS - 1].full_us);
		ck_assert_int_eq(atomic_load(full), 0);
	}
}
END_TEST

START_TEST(is_forgiven)
{
	const struct rate rate = { 1, 1 };
	struct addr a = source(1), other = source(2);

	b = scoreboard_new("test");
	ck_assert(!source_forgive(b, &a));
	ck_assert_int_eq(rate_take(source_bucket(b, &a), &rate, start), 0);
	ck_assert_int_eq(rate_take(source_bucket(b, &other), &rate, start), 0);
	ck_assert_int_gt(rate_take(source_bucket(b, &a), &rate, start), 0);
	ck_assert(source_forgive(b, &a));
	ck_assert_int_eq(rate_take(source_bucket(b, &a), &rate, start), 0);
	ck_assert_int_gt(rate_take(source_bucket(b, &other), &rate, start), 0);
	scoreboard_free(b);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, is_forgiven);
	tcase_add_test(tc, gives_each_source_a_bucket_of_its_own);
	tcase_add_test(tc, keeps_the_buckets_that_are_emptiest);
	tcase_add_test(tc, bears_buckets_of_random_bytes);
}

int
main(void)
{
	return runner_main("limits_bucket", add);
}
