/* SPDX-License-Identifier: ISC */
/* What memory the board takes, and what is in it when it is given out. */
#include "config.h"

#include <sys/syscall.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ipc/scoreboard_private.h"
#include "ipc/sections.h"
#include "inject.h"
#include "runner.h"

static void
trim(void)
{
	while (scoreboard_trim(b))
		continue;
}

START_TEST(is_no_longer_than_its_sections_need)
{
	section_take(0, SECTIONS_DEFAULT);
	/* Of which each section, and the ledger, has 43 of refusals. */
	ck_assert_uint_le(b->npages, 384 + 2 * 43);
	section_take(1, SECTIONS_DEFAULT);
	ck_assert_uint_le(b->npages, 512 + 3 * 43);
	ck_assert_uint_le(scoreboard_memory(b), 32768);
}
END_TEST

/* Only slots that are used stay of a section whose acceptor has gone: 10,000 of
 * them, a session in each, make a board of so many pages and a few. */
START_TEST(keeps_of_a_retired_section_the_pages_in_use)
{
	uint32_t before, i, n, k;
	struct scoreboard_place p;

	section_take(0, SECTIONS_DEFAULT);
	section_take(1, SECTIONS_DEFAULT);
	before = b->npages;
	for (i = 0; i < 10000; i++) {
		ck_assert_int_eq(scoreboard_take(b, SECTIONS_DEFAULT, &p), 0);
		scoreboard_slot(b, &p, 5)->id = i;
		scoreboard_retire(b, &p);
		n = scoreboard_slots_pages(p.nslots);
		for (k = 1; k < n; k++)
			scoreboard_drop_slots(b, &p, k);
		free(p.pages);
	}
	ck_assert_uint_le(b->npages, before + 10000 + 200);
	ck_assert_uint_eq(sections_count(), 3);
}
END_TEST

START_TEST(gives_a_section_without_what_was_in_it)
{
	static const char zeros[SCOREBOARD_PAGE];
	struct scoreboard_section *s = section_take(0, SECTIONS_DEFAULT);
	struct scoreboard_place was = sections[0];
	struct scoreboard_parts d;

	memset(s, 0xff, SCOREBOARD_PAGE);
	memset(scoreboard_slot(b, &sections[0], 5), 0xff, 128);
	d = scoreboard_parts(b, &sections[0]);
	memset(d.sources + d.nsources - 1, 0xff, sizeof(*d.sources));
	section_take(1, SECTIONS_DEFAULT);
	atomic_store(&scoreboard_parts(b, &sections[1]).section->nsessions, 9);
	scoreboard_release(b, &sections[0]);
	s = section_take(2, SECTIONS_DEFAULT);
	ck_assert_uint_eq(sections[2].first, was.first);
	d = scoreboard_parts(b, &sections[2]);
	ck_assert_mem_eq(s, zeros, SCOREBOARD_PAGE);
	ck_assert_mem_eq(scoreboard_slot(b, &sections[2], 5), zeros, 128);
	ck_assert_mem_eq(d.sources + d.nsources - 1, zeros, sizeof(*d.sources));
	ck_assert_uint_eq(atomic_load(&scoreboard_parts(b, &sections[1])
					   .section->nsessions),
	    9);
}
END_TEST

/* Nobody may go on in a section of which it does not know that it is another's
 * by now: what is written there meanwhile is not there when it is given out. */
START_TEST(gives_a_section_without_what_was_written_after_it_was_freed)
{
	struct scoreboard_section *s = section_take(0, 1);

	scoreboard_release(b, &sections[0]);
	trim();
	atomic_store(&s->nsessions, 12);
	section_take(0, 1);
	ck_assert_uint_eq(atomic_load(&s->nsessions), 0);
}
END_TEST

START_TEST(gives_memory_back)
{
	uint64_t empty = scoreboard_memory(b);
	uint32_t i;

	section_take(0, 60000);
	for (i = 0; i < sections[0].nslots; i += 16)
		scoreboard_slot(b, &sections[0], i)->id = 1;
	ck_assert_uint_gt(scoreboard_memory(b), 7 << 20);
	scoreboard_retire(b, &sections[0]);
	for (i = 0; i < scoreboard_slots_pages(sections[0].nslots); i++)
		if (i != 700)
			scoreboard_drop_slots(b, &sections[0], i);
	trim();
	ck_assert_uint_le(scoreboard_memory(b), empty + SCOREBOARD_PAGE);
	ck_assert_uint_eq(scoreboard_slot(b, &sections[0], 700 * 32)->id, 1);
	scoreboard_release(b, &sections[0]);
	trim();
	ck_assert_uint_le(scoreboard_memory(b), empty);
}
END_TEST

START_TEST(keeps_no_memory_of_the_section_before)
{
	uint64_t empty = scoreboard_memory(b);
	uint32_t i;

	section_take(0, 60000);
	for (i = 0; i < sections[0].nslots; i += 16)
		scoreboard_slot(b, &sections[0], i)->id = 1;
	scoreboard_release(b, &sections[0]);
	section_take(0, 60000);
	ck_assert_uint_le(scoreboard_memory(b), empty + SCOREBOARD_PAGE);
}
END_TEST

/* Whoever has it mapped can write to any page of it: this does not stay so.  _i:
 * whether the service has a rate for each source. */
START_TEST(gives_memory_back_that_was_not_given_out)
{
	uint64_t empty = scoreboard_memory(b);

	section_take(0, 60000);
	section_take(1, 1);
	scoreboard_release(b, &sections[0]);
	trim();
	scoreboard_use_buckets(b, _i == 1);
	memset(scoreboard_at(b, SCOREBOARD_HEAD_PAGES), 0xff,
	    (size_t)(b->npages - SCOREBOARD_HEAD_PAGES) * SCOREBOARD_PAGE);
	ck_assert_uint_gt(scoreboard_memory(b), 7 << 20);
	scoreboard_release(b, &sections[1]);
	trim();
	if (_i == 1)
		empty += SCOREBOARD_BUCKETS * sizeof(struct scoreboard_bucket);
	/* The ledger keeps what the sections knew of refusals. */
	ck_assert_uint_le(scoreboard_memory(b),
	    empty + (3 + SCOREBOARD_REFUSALS_PAGES) * SCOREBOARD_PAGE);
}
END_TEST

/* They are not lost with an acceptor, and go with the rate. */
START_TEST(keeps_the_buckets_while_there_is_a_rate)
{
	uint64_t empty = scoreboard_memory(b);

	scoreboard_use_buckets(b, true);
	memset(scoreboard_buckets(b), 0xff,
	    SCOREBOARD_BUCKETS * sizeof(struct scoreboard_bucket));
	section_take(0, 1);
	scoreboard_release(b, &sections[0]);
	trim();
	ck_assert_uint_eq(atomic_load(&scoreboard_buckets(b)[7].key),
	    UINT64_MAX);
	scoreboard_use_buckets(b, true);
	trim();
	ck_assert_uint_eq(atomic_load(&scoreboard_buckets(b)[7].key),
	    UINT64_MAX);
	scoreboard_use_buckets(b, false);
	trim();
	ck_assert_uint_eq(scoreboard_memory(b), empty);
}
END_TEST

START_TEST(does_not_make_pages_by_looking_at_them)
{
	uint64_t before;
	uint32_t i;

	section_take(0, 1000);
	scoreboard_slot(b, &sections[0], 100)->id = 1;
	before = scoreboard_memory(b);
	for (i = 0; i < scoreboard_slots_pages(sections[0].nslots); i++)
		ck_assert_int_eq(scoreboard_has_slots(b, &sections[0], i),
		    i == 3);
	scoreboard_drop_slots(b, &sections[0], 3);
	ck_assert(!scoreboard_has_slots(b, &sections[0], 3));
	ck_assert_uint_eq(scoreboard_memory(b), before);
}
END_TEST

START_TEST(is_emptied_by_hand_where_no_hole_can_be_made)
{
	struct scoreboard_section *s = section_take(0, SECTIONS_DEFAULT);

	ck_assert_int_eq(inject(SYS_fallocate, INJECT_ANY, EOPNOTSUPP), 0);
	memset(s, 0xff, SCOREBOARD_PAGE);
	scoreboard_slot(b, &sections[0], 100)->id = 7;
	scoreboard_release(b, &sections[0]);
	trim();
	ck_assert_ptr_eq(section_take(0, SECTIONS_DEFAULT), s);
	ck_assert_uint_eq(atomic_load(&s->nsessions), 0);
	ck_assert_uint_eq(scoreboard_slot(b, &sections[0], 100)->id, 0);
}
END_TEST

static void
add(TCase *tc)
{
	const char *lack = inject_lack();

	tcase_add_checked_fixture(tc, sections_setup, sections_teardown);
	tcase_add_test(tc, is_no_longer_than_its_sections_need);
	tcase_add_test(tc, keeps_of_a_retired_section_the_pages_in_use);
	tcase_add_test(tc, gives_a_section_without_what_was_in_it);
	tcase_add_test(tc,
	    gives_a_section_without_what_was_written_after_it_was_freed);
	tcase_add_test(tc, gives_memory_back);
	tcase_add_test(tc, keeps_no_memory_of_the_section_before);
	tcase_add_loop_test(tc, gives_memory_back_that_was_not_given_out, 0, 2);
	tcase_add_test(tc, keeps_the_buckets_while_there_is_a_rate);
	tcase_add_test(tc, does_not_make_pages_by_looking_at_them);
	runner_add(tc, lack, is_emptied_by_hand_where_no_hole_can_be_made);
}

int
main(void)
{
	return runner_main("scoreboard_file", add);
}
