/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <bsd/stdlib.h>
#include <stdlib.h>
#include <string.h>

#include "ipc/scoreboard_main.h"
#include "ipc/scoreboard_private.h"
#include "ipc/source.h"
#include "runner.h"

#define OPERATIONS 100000
#define BATCH      60000u /* of distinct sources: the table is half full */
#define WINDOW     96u    /* places at either end of the table */
#define MODEL_MAX  2048u

#define SECTIONS 3

static struct scoreboard *b;
static struct scoreboard_place place[SECTIONS];
static struct scoreboard_parts part[SECTIONS];

/* Sections with the largest tables there are. */
static void
begin(unsigned int nsections)
{
	unsigned int i;

	ck_assert_ptr_nonnull(b = scoreboard_new("test"));
	for (i = 0; i < nsections; i++)
		ck_assert_int_eq(scoreboard_take(b, SCOREBOARD_SLOTS,
				     &place[i]),
		    0);
	for (i = 0; i < nsections; i++)
		part[i] = scoreboard_parts(b, &place[i]);
	ck_assert_uint_eq(part[0].nsources, SCOREBOARD_SOURCES);
	/* The same in every run. */
	b->seed = 0x123456789abcdef0u;
	srandom(1);
}

/* The nth of many sources, of every family in turn. */
static struct addr
nth(uint32_t n)
{
	struct addr a = { .family = AF_INET };

	if (n % 3 == 1)
		a.family = AF_INET6;
	else if (n % 3 == 2)
		a.family = AF_UNIX;
	memcpy(a.ip, &n, sizeof(n));
	return a;
}

static unsigned int
places_in_use(unsigned int sec)
{
	const struct scoreboard_source *e = part[sec].sources;
	unsigned int i, n = 0;

	for (i = 0; i < SCOREBOARD_SOURCES; i++)
		n += e[i].addr.family != AF_UNSPEC;
	return n;
}

/* What has to be in a section: sources and how often. */
struct model {
	unsigned int n;
	struct addr addr[MODEL_MAX];
	uint32_t count[MODEL_MAX];
};

/* Sources that all want the same few places, where the table wraps: taken
 * from many by looking where they fall. */
static void
collide(struct model *m)
{
	struct scoreboard_source *e = part[0].sources;
	struct addr a;
	unsigned int i, batch;

	for (batch = 0; batch < 6; batch++) {
		memset(e, 0, SCOREBOARD_SOURCES * sizeof(*e));
		for (i = 0; i < BATCH; i++) {
			a = nth(batch * BATCH + i);
			ck_assert_uint_eq(source_add(b, &part[0], &a), 1);
		}
		for (i = 0; i < SCOREBOARD_SOURCES; i++)
			if (e[i].addr.family != AF_UNSPEC &&
			    (i < WINDOW || i >= SCOREBOARD_SOURCES - WINDOW) &&
			    m->n < MODEL_MAX)
				m->addr[m->n++] = e[i].addr;
	}
	memset(e, 0, SCOREBOARD_SOURCES * sizeof(*e));
	ck_assert_uint_gt(m->n, 3 * WINDOW);
}

static void
agree(const struct model *m)
{
	unsigned int i, n = 0;

	for (i = 0; i < m->n; i++) {
		ck_assert_uint_eq(source_count(b, &m->addr[i]), m->count[i]);
		n += m->count[i] != 0;
	}
	ck_assert_uint_eq(places_in_use(0), n);
}

static void
run_operations(struct model *m, unsigned int full)
{
	unsigned int i, k;

	for (i = 0; i < OPERATIONS; i++) {
		k = (unsigned int)random() % m->n;
		/* Fuller and emptier by turns. */
		if ((unsigned int)random() % 100 <
		    (i / 10000 % 2 == 0 ? full : 100 - full))
			ck_assert_uint_eq(source_add(b, &part[0], &m->addr[k]),
			    ++m->count[k]);
		else {
			source_remove(b, &part[0], &m->addr[k]);
			m->count[k] -= m->count[k] != 0;
		}
		if (i % 1000 == 0)
			agree(m);
	}
	agree(m);
}

START_TEST(agrees_with_a_model_where_all_collide)
{
	static struct model m;

	begin(1);
	collide(&m);
	run_operations(&m, 60);
	ck_assert_uint_eq(atomic_load(&part[0].section->source_seq) & 1, 0);
}
END_TEST

START_TEST(agrees_with_a_model_of_few_sources)
{
	static struct model m;

	begin(1);
	for (m.n = 0; m.n < 40; m.n++)
		m.addr[m.n] = nth(m.n);
	run_operations(&m, 55);
}
END_TEST

START_TEST(is_empty_again_after_the_last_one_has_gone)
{
	struct addr a;
	uint32_t i;

	begin(1);
	for (i = 0; i < SCOREBOARD_SLOTS; i++) {
		a = nth(i);
		ck_assert_uint_eq(source_add(b, &part[0], &a), 1);
	}
	ck_assert_uint_eq(places_in_use(0), SCOREBOARD_SLOTS);
	for (i = 0; i < SCOREBOARD_SLOTS; i++) {
		a = nth(i);
		ck_assert_uint_eq(source_count(b, &a), 1);
		source_remove(b, &part[0], &a);
	}
	ck_assert_uint_eq(places_in_use(0), 0);
}
END_TEST

START_TEST(tells_families_apart)
{
	struct addr v4 = { .family = AF_INET }, v6 = { .family = AF_INET6 };
	struct addr unix_peer = { .family = AF_UNIX };

	begin(1);
	ck_assert_uint_eq(source_add(b, &part[0], &v4), 1);
	ck_assert_uint_eq(source_add(b, &part[0], &v6), 1);
	ck_assert_uint_eq(source_add(b, &part[0], &unix_peer), 1);
	ck_assert_uint_eq(source_add(b, &part[0], &v6), 2);
	ck_assert_uint_eq(source_count(b, &v4), 1);
}
END_TEST

START_TEST(ignores_the_end_of_an_unknown_source)
{
	struct addr known = nth(1), unknown = nth(2);

	begin(1);
	source_remove(b, &part[0], &unknown);
	source_add(b, &part[0], &known);
	source_remove(b, &part[0], &unknown);
	ck_assert_uint_eq(source_count(b, &known), 1);
	ck_assert_uint_eq(source_count(b, &unknown), 0);
}
END_TEST

START_TEST(sums_over_the_sections_in_use)
{
	struct addr a = nth(7);
	unsigned int sec;

	begin(3);
	for (sec = 0; sec < 3; sec++)
		ck_assert_uint_eq(source_add(b, &part[sec], &a), 1);
	ck_assert_uint_eq(source_add(b, &part[2], &a), 2);
	ck_assert_uint_eq(source_count(b, &a), 4);
	scoreboard_release(b, &place[2]);
	ck_assert_uint_eq(source_count(b, &a), 2);
}
END_TEST

/* A small one wraps around and is full as a large one does and is. */
START_TEST(fills_a_table_of_the_smallest_size)
{
	struct addr a;
	uint32_t i;

	ck_assert_ptr_nonnull(b = scoreboard_new("test"));
	ck_assert_int_eq(scoreboard_take(b, 1, &place[0]), 0);
	part[0] = scoreboard_parts(b, &place[0]);
	ck_assert_uint_lt(part[0].nsources, 256);
	for (i = 0; i < part[0].nsources; i++) {
		a = nth(i);
		ck_assert_uint_eq(source_add(b, &part[0], &a), 1);
	}
	a = nth(i);
	ck_assert_uint_eq(source_add(b, &part[0], &a), 0);
	ck_assert_uint_eq(source_count(b, &a), 0);
	while (i-- > 0) {
		a = nth(i);
		ck_assert_uint_eq(source_count(b, &a), 1);
		source_remove(b, &part[0], &a);
		ck_assert_uint_eq(source_count(b, &a), 0);
	}
	for (i = 0; i < part[0].nsources; i++)
		ck_assert_int_eq(part[0].sources[i].addr.family, AF_UNSPEC);
}
END_TEST

static void
use_it(void)
{
	struct addr a;
	uint32_t i, n;

	for (i = 0; i < 50; i++) {
		a = nth(i);
		source_add(b, &part[0], &a);
		n = source_count(b, &a);
		ck_assert_uint_le(n, 2 * SCOREBOARD_SLOTS);
		source_remove(b, &part[0], &a);
		source_remove(b, &part[1], &a);
	}
}

START_TEST(bears_random_bytes)
{
	unsigned int round;

	begin(2);
	for (round = 0; round < 4; round++) {
		arc4random_buf(part[0].section,
		    sizeof(struct scoreboard_section));
		arc4random_buf(part[0].sources,
		    SCOREBOARD_SOURCES * sizeof(struct scoreboard_source));
		use_it();
	}
}
END_TEST

/* No empty place ends a look-up, and no gap a run. */
START_TEST(bears_a_table_without_an_empty_place)
{
	struct scoreboard_source *e;
	struct addr a = nth(0);
	uint32_t i;

	begin(1);
	e = part[0].sources;
	for (i = 0; i < SCOREBOARD_SOURCES; i++)
		e[i] = (struct scoreboard_source) { .addr = a, .count = 1 };
	source_remove(b, &part[0], &a);
	for (i = 0; i < SCOREBOARD_SOURCES; i++)
		e[i].addr = nth(3 * i);
	for (i = 0; i < 20; i++) {
		a = nth(3 * i + (i & 1));
		source_remove(b, &part[0], &a);
		source_count(b, &a);
		source_add(b, &part[0], &a);
		e[i].addr = nth(i);
	}
}
END_TEST

/* Its writer seems to be at work for ever. */
START_TEST(reads_on_when_the_sequence_stays_odd)
{
	struct addr a = nth(5);

	begin(1);
	source_add(b, &part[0], &a);
	atomic_store(&part[0].section->source_seq, 1);
	ck_assert_uint_eq(source_count(b, &a), 1);
	part[0].sources->count = UINT32_MAX;
	ck_assert_uint_le(source_count(b, &a), SCOREBOARD_SLOTS);
}
END_TEST

START_TEST(bounds_a_count_that_was_scribbled_over)
{
	struct scoreboard_source *e;
	struct addr a = nth(5);

	begin(1);
	source_add(b, &part[0], &a);
	for (e = part[0].sources; e->addr.family == AF_UNSPEC; e++)
		continue;
	e->count = UINT32_MAX;
	ck_assert_uint_eq(source_count(b, &a), SCOREBOARD_SLOTS);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, agrees_with_a_model_where_all_collide);
	tcase_add_test(tc, agrees_with_a_model_of_few_sources);
	tcase_add_test(tc, is_empty_again_after_the_last_one_has_gone);
	tcase_add_test(tc, tells_families_apart);
	tcase_add_test(tc, ignores_the_end_of_an_unknown_source);
	tcase_add_test(tc, sums_over_the_sections_in_use);
	tcase_add_test(tc, fills_a_table_of_the_smallest_size);
	tcase_add_test(tc, bears_random_bytes);
	tcase_add_test(tc, bears_a_table_without_an_empty_place);
	tcase_add_test(tc, reads_on_when_the_sequence_stays_odd);
	tcase_add_test(tc, bounds_a_count_that_was_scribbled_over);
}

int
main(void)
{
	return runner_main("source", add);
}
