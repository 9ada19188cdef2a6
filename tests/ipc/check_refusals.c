/* SPDX-License-Identifier: ISC */
/*
 * Goal of these tests: the last refusals are kept in order, and the sources that
 * are refused most stay, however many others there are.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "ipc/refusals.h"
#include "runner.h"

#define SEED  UINT64_C(0x1234567890abcdef)
#define HEAVY 16

static struct refusals *r, *other;

static void
begin(void)
{
	ck_assert_ptr_nonnull(r = calloc(1, sizeof(*r)));
	ck_assert_ptr_nonnull(other = calloc(1, sizeof(*other)));
}

static void
end(void)
{
	free(r);
	free(other);
}

static struct addr
source(uint32_t n)
{
	struct addr a = { .family = AF_INET };

	a.ip[0] = 10;
	a.ip[1] = (uint8_t)(n >> 16);
	a.ip[2] = (uint8_t)(n >> 8);
	a.ip[3] = (uint8_t)n;
	return a;
}

static void
note(struct refusals *to, uint32_t n, int64_t ms, enum refusal why)
{
	const struct addr a = source(n);
	const struct refusal_event e = { .ms = ms, .reason = why, .peer = a };

	refusals_note(to, &e, &a, addr_hash(&a, SEED));
}

static const struct refused_source *
find(const struct refusals *in, uint32_t n)
{
	const struct addr a = source(n);
	const struct refused_source
	    *set = in->source[addr_hash(&a, SEED) % REFUSALS_BUCKETS];
	unsigned int i;

	for (i = 0; i < REFUSALS_WAYS; i++)
		if (addr_equal(&set[i].addr, &a))
			return &set[i];
	return NULL;
}

START_TEST(keeps_the_last_ones_in_order)
{
	uint32_t i;

	for (i = 0; i < REFUSALS_LAST + 10; i++)
		note(r, i, 1000 + i, REFUSED_ACCESS);
	ck_assert_uint_eq(r->next, REFUSALS_LAST + 10);
	for (i = 0; i < REFUSALS_LAST; i++)
		ck_assert_int_eq(r->last[(r->next + i) % REFUSALS_LAST].ms,
		    1010 + i);
}
END_TEST

/* Half of a million are of 16 sources, in unequal parts; the others all differ. */
START_TEST(keeps_those_that_are_refused_most)
{
	static uint32_t true_count[HEAVY];
	const struct refused_source *s;
	uint32_t i, n;

	srandom(7);
	for (i = 0; i < 1000000; i++) {
		n = (uint32_t)random() % HEAVY;
		if (i % 2 == 0 && (n = n * n / HEAVY) < HEAVY)
			true_count[n]++;
		else
			n = HEAVY + i;
		note(r, n, 1000, REFUSED_SOURCE_RATE);
	}
	for (i = 0; i < HEAVY; i++) {
		if (true_count[i] == 0)
			continue;
		ck_assert_msg((s = find(r, i)) != NULL, "%u is lost", i);
		ck_assert_uint_le(s->count, true_count[i]);
		ck_assert_uint_ge(s->count,
		    true_count[i] - true_count[i] / 300);
	}
}
END_TEST

START_TEST(halves_a_count_every_ten_minutes)
{
	const int64_t ten = REFUSALS_HALVE_S * 1000;
	const struct refused_source *s;
	int i;

	for (i = 0; i < 64; i++)
		note(r, 1, ten, REFUSED_ACCESS);
	s = find(r, 1);
	ck_assert_uint_eq(refusals_count(s, REFUSALS_HALVE_S), 64);
	ck_assert_uint_eq(refusals_count(s, 2 * REFUSALS_HALVE_S), 32);
	ck_assert_uint_eq(refusals_count(s, 100 * REFUSALS_HALVE_S), 0);
	note(r, 1, 3 * ten, REFUSED_INSTANCES);
	ck_assert_uint_eq(s->count, 17);
	ck_assert_uint_eq(s->reason, REFUSED_INSTANCES);
	ck_assert_uint_eq(s->since_s, REFUSALS_HALVE_S);
	ck_assert_uint_eq(s->last_s, 3 * REFUSALS_HALVE_S);
}
END_TEST

START_TEST(merges)
{
	uint32_t i;

	for (i = 0; i < 5; i++)
		note(other, 1, 2000, REFUSED_ACCESS);
	note(other, 2, 2000, REFUSED_RATE);
	for (i = 0; i < 3; i++)
		note(r, 1, 1000, REFUSED_INSTANCES);
	refusals_merge(r, other, SEED);
	ck_assert_uint_eq(find(r, 1)->count, 8);
	ck_assert_uint_eq(find(r, 1)->reason, REFUSED_ACCESS);
	ck_assert_uint_eq(find(r, 1)->last_s, 2);
	ck_assert_uint_eq(find(r, 2)->count, 1);
	ck_assert_uint_eq(r->next, 9);
	ck_assert_int_eq(r->last[2].ms, 1000);
	ck_assert_int_eq(r->last[3].ms, 2000);
}
END_TEST

/* A section belongs to a process that may have been taken over. */
START_TEST(merges_only_what_can_be)
{
	memset(other, 0xff, sizeof(*other));
	other->source[3][1] = (struct refused_source) {
		.addr = source(1), .count = UINT32_MAX, .reason = REFUSED_FORK
	};
	note(r, 1, 1000, REFUSED_FORK);
	refusals_merge(r, other, SEED);
	ck_assert_uint_eq(r->next, 1);
	ck_assert_uint_eq(find(r, 1)->count, UINT32_MAX);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_test(tc, keeps_the_last_ones_in_order);
	tcase_add_test(tc, keeps_those_that_are_refused_most);
	tcase_add_test(tc, halves_a_count_every_ten_minutes);
	tcase_add_test(tc, merges);
	tcase_add_test(tc, merges_only_what_can_be);
}

int
main(void)
{
	return runner_main("refusals", add);
}
