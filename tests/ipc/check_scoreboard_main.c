/* SPDX-License-Identifier: ISC */
/* The board as main has it: made, made longer, given out and taken back. */
#include "config.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <bsd/stdlib.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ipc/scoreboard_main.h"
#include "ipc/scoreboard_private.h"
#include "inject.h"
#include "runner.h"

#define DEFAULT 1024 /* instances' default */

static struct scoreboard *b;
static struct scoreboard_place at[SCOREBOARD_LIVE];

static void
setup(void)
{
	ck_assert_ptr_nonnull(b = scoreboard_new("test"));
}

static void
teardown(void)
{
	scoreboard_free(b);
}

/* Section number i of the test's. */
static struct scoreboard_section *
take(unsigned int i, uint32_t instances)
{
	ck_assert_int_eq(scoreboard_take(b, instances, &at[i]), 0);
	return scoreboard_parts(b, &at[i]).section;
}

static unsigned int
how_many_count(void)
{
	struct scoreboard_parts d;
	uint32_t i = 0, n = 0;

	while (scoreboard_next(b, &i, &d))
		n++;
	return n;
}

START_TEST(can_be_made_longer_by_nobody_else_and_never_shorter)
{
	struct stat st;
	char path[64];

	ck_assert_int_eq(fstat(scoreboard_fd(b), &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	ck_assert_int_eq(st.st_size, (off_t)b->npages * SCOREBOARD_PAGE);
	ck_assert_int_eq(ftruncate(scoreboard_fd(b), st.st_size - 1), -1);
	ck_assert_int_eq(errno, EPERM);
	/* No seal may be added that keeps main from it. */
	ck_assert_int_eq(fcntl(scoreboard_fd(b), F_ADD_SEALS, F_SEAL_GROW), -1);
	ck_assert_int_eq(fcntl(scoreboard_fd(b), F_ADD_SEALS, F_SEAL_WRITE),
	    -1);
	ck_assert_int_eq(fcntl(scoreboard_fd(b), F_GETFD), FD_CLOEXEC);
	take(0, 65536);
	ck_assert_int_eq(fstat(scoreboard_fd(b), &st), 0);
	ck_assert_int_eq(st.st_size, (off_t)b->npages * SCOREBOARD_PAGE);
	/* Another user may have the descriptor, and may not open it again. */
	if (geteuid() != 0)
		return;
	ck_assert_int_eq(setegid(65534), 0);
	ck_assert_int_eq(seteuid(65534), 0);
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d",
	    scoreboard_fd(b));
	ck_assert_int_eq(open(path, O_RDWR), -1);
	ck_assert_int_eq(open(path, O_RDONLY), -1);
	ck_assert_int_eq(seteuid(0), 0);
	ck_assert_int_eq(setegid(0), 0);
}
END_TEST

START_TEST(is_no_longer_than_its_sections_need)
{
	take(0, DEFAULT);
	/* Of which each section, and the ledger, has 43 of refusals. */
	ck_assert_uint_le(b->npages, 384 + 2 * 43);
	take(1, DEFAULT);
	ck_assert_uint_le(b->npages, 512 + 3 * 43);
	ck_assert_uint_le(scoreboard_memory(b), 32768);
}
END_TEST

/* Each part at the place of its own, whatever sections there are. */
START_TEST(keeps_all_parts_apart)
{
	static uint8_t used[8192];
	unsigned int i, k, page;

	memset(used, 0, sizeof(used));
	for (i = 0; i < 4; i++)
		take(i, i == 1 ? 20000 : 10 + i * 700);
	scoreboard_release(b, &at[1]);
	take(1, 3000);
	take(4, 40000);
	ck_assert_uint_lt(b->npages, sizeof(used));
	memset(used, 1, SCOREBOARD_FIRST);
	ck_assert_ptr_eq(scoreboard_buckets(b),
	    scoreboard_at(b, SCOREBOARD_HEAD_PAGES));
	ck_assert_ptr_eq(scoreboard_buckets(b) + SCOREBOARD_BUCKETS,
	    scoreboard_at(b, SCOREBOARD_FIRST));
	for (i = 0; i < 5; i++) {
		for (k = 0; k < scoreboard_section_pages(at[i].nsources); k++)
			ck_assert_uint_eq(used[at[i].first + k]++, 0);
		for (k = 0; k < scoreboard_slots_pages(at[i].nslots); k++)
			ck_assert_uint_eq(used[at[i].pages[k]]++, 0);
	}
	page = scoreboard_ledger(b)->first;
	for (k = 0;
	     k < scoreboard_section_pages(scoreboard_ledger(b)->nsources); k++)
		ck_assert_uint_eq(used[page + k]++, 0);
	for (k = 1; k < at[4].nslots; k++)
		ck_assert(scoreboard_slot(b, &at[4], k) !=
		    scoreboard_slot(b, &at[4], k - 1));
}
END_TEST

START_TEST(gives_each_entry_of_the_index_once)
{
	unsigned int i;

	for (i = 0; i < SCOREBOARD_LIVE - 1; i++) {
		take(i, 1);
		ck_assert_uint_eq(at[i].number, i + 1);
	}
	ck_assert_int_eq(scoreboard_take(b, 1, &at[i]), -1);
	ck_assert_int_eq(errno, ENOSPC);
	ck_assert_uint_eq(how_many_count(), SCOREBOARD_LIVE);
	scoreboard_release(b, &at[17]);
	scoreboard_retire(b, &at[1000]);
	take(17, 1);
	ck_assert_uint_eq(at[17].number, 18);
	take(i, 1);
	ck_assert_uint_eq(at[i].number, 1001);
	ck_assert_int_eq(scoreboard_take(b, 1,
			     &(struct scoreboard_place) { 0 }),
	    -1);
}
END_TEST

/* Only slots that are used stay of a section whose acceptor has gone: 10,000 of
 * them, a session in each, make a board of so many pages and a few. */
START_TEST(keeps_of_a_retired_section_the_pages_in_use)
{
	uint32_t before, i, n, k;
	struct scoreboard_place p;

	take(0, DEFAULT);
	take(1, DEFAULT);
	before = b->npages;
	for (i = 0; i < 10000; i++) {
		ck_assert_int_eq(scoreboard_take(b, DEFAULT, &p), 0);
		scoreboard_slot(b, &p, 5)->id = i;
		scoreboard_retire(b, &p);
		n = scoreboard_slots_pages(p.nslots);
		for (k = 1; k < n; k++)
			scoreboard_drop_slots(b, &p, k);
		free(p.pages);
	}
	ck_assert_uint_le(b->npages, before + 10000 + 200);
	ck_assert_uint_eq(how_many_count(), 3);
}
END_TEST

START_TEST(gives_a_section_without_what_was_in_it)
{
	static const char zeros[SCOREBOARD_PAGE];
	struct scoreboard_section *s = take(0, DEFAULT);
	struct scoreboard_place was = at[0];
	struct scoreboard_parts d;

	memset(s, 0xff, SCOREBOARD_PAGE);
	memset(scoreboard_slot(b, &at[0], 5), 0xff, 128);
	d = scoreboard_parts(b, &at[0]);
	memset(d.sources + d.nsources - 1, 0xff, sizeof(*d.sources));
	take(1, DEFAULT);
	atomic_store(&scoreboard_parts(b, &at[1]).section->nsessions, 9);
	scoreboard_release(b, &at[0]);
	s = take(2, DEFAULT);
	ck_assert_uint_eq(at[2].first, was.first);
	d = scoreboard_parts(b, &at[2]);
	ck_assert_mem_eq(s, zeros, SCOREBOARD_PAGE);
	ck_assert_mem_eq(scoreboard_slot(b, &at[2], 5), zeros, 128);
	ck_assert_mem_eq(d.sources + d.nsources - 1, zeros, sizeof(*d.sources));
	ck_assert_uint_eq(atomic_load(&scoreboard_parts(b, &at[1])
					   .section->nsessions),
	    9);
}
END_TEST

/* Nobody may go on in a section of which it does not know that it is another's
 * by now: what is written there meanwhile is not there when it is given out. */
START_TEST(gives_a_section_without_what_was_written_after_it_was_freed)
{
	struct scoreboard_section *s = take(0, 1);

	scoreboard_release(b, &at[0]);
	while (scoreboard_trim(b))
		continue;
	atomic_store(&s->nsessions, 12);
	take(0, 1);
	ck_assert_uint_eq(atomic_load(&s->nsessions), 0);
}
END_TEST

static void
trim(void)
{
	while (scoreboard_trim(b))
		continue;
}

START_TEST(gives_memory_back)
{
	uint64_t empty = scoreboard_memory(b);
	uint32_t i;

	take(0, 60000);
	for (i = 0; i < at[0].nslots; i += 16)
		scoreboard_slot(b, &at[0], i)->id = 1;
	ck_assert_uint_gt(scoreboard_memory(b), 7 << 20);
	scoreboard_retire(b, &at[0]);
	for (i = 0; i < scoreboard_slots_pages(at[0].nslots); i++)
		if (i != 700)
			scoreboard_drop_slots(b, &at[0], i);
	trim();
	ck_assert_uint_le(scoreboard_memory(b), empty + SCOREBOARD_PAGE);
	ck_assert_uint_eq(scoreboard_slot(b, &at[0], 700 * 32)->id, 1);
	scoreboard_release(b, &at[0]);
	trim();
	ck_assert_uint_le(scoreboard_memory(b), empty);
}
END_TEST

START_TEST(keeps_no_memory_of_the_section_before)
{
	uint64_t empty = scoreboard_memory(b);
	uint32_t i;

	take(0, 60000);
	for (i = 0; i < at[0].nslots; i += 16)
		scoreboard_slot(b, &at[0], i)->id = 1;
	scoreboard_release(b, &at[0]);
	take(0, 60000);
	ck_assert_uint_le(scoreboard_memory(b), empty + SCOREBOARD_PAGE);
}
END_TEST

/* Whoever has it mapped can write to any page of it: this does not stay so.  _i:
 * whether the service has a rate for each source. */
START_TEST(gives_memory_back_that_was_not_given_out)
{
	uint64_t empty = scoreboard_memory(b);

	take(0, 60000);
	take(1, 1);
	scoreboard_release(b, &at[0]);
	trim();
	scoreboard_use_buckets(b, _i == 1);
	memset(scoreboard_at(b, SCOREBOARD_HEAD_PAGES), 0xff,
	    (size_t)(b->npages - SCOREBOARD_HEAD_PAGES) * SCOREBOARD_PAGE);
	ck_assert_uint_gt(scoreboard_memory(b), 7 << 20);
	scoreboard_release(b, &at[1]);
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
	take(0, 1);
	scoreboard_release(b, &at[0]);
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

	take(0, 1000);
	scoreboard_slot(b, &at[0], 100)->id = 1;
	before = scoreboard_memory(b);
	for (i = 0; i < scoreboard_slots_pages(at[0].nslots); i++)
		ck_assert_int_eq(scoreboard_has_slots(b, &at[0], i), i == 3);
	scoreboard_drop_slots(b, &at[0], 3);
	ck_assert(!scoreboard_has_slots(b, &at[0], 3));
	ck_assert_uint_eq(scoreboard_memory(b), before);
}
END_TEST

/* An acceptor may write to the head: main goes by what it knows. */
START_TEST(does_not_believe_a_scribbled_head)
{
	uint64_t seed = b->seed;
	unsigned int i;

	take(0, 10);
	take(1, 10);
	for (i = 0; i < 50; i++) {
		arc4random_buf(b->head,
		    SCOREBOARD_HEAD_PAGES * SCOREBOARD_PAGE);
		ck_assert_uint_eq(how_many_count(), 3);
		take(2, 10);
		ck_assert_uint_eq(at[2].number, 3);
		/* What others need is right again. */
		ck_assert_uint_eq(b->seed, seed);
		ck_assert_uint_eq(b->head->magic, SCOREBOARD_MAGIC);
		ck_assert_uint_eq(atomic_load(&b->head->nindex), 4);
		ck_assert_uint_eq(atomic_load(&scoreboard_index(b)[1]),
		    scoreboard_entry(at[0].first, at[0].nsources));
		scoreboard_release(b, &at[2]);
	}
}
END_TEST

START_TEST(replaces_the_ledger_at_once)
{
	struct scoreboard_place p, old = *scoreboard_ledger(b);

	atomic_store(&scoreboard_parts(b, &old).section->nsessions, 7);
	ck_assert_uint_eq(scoreboard_sessions(b), 7);
	ck_assert_int_eq(scoreboard_take_ledger(b, 4096, &p), 0);
	atomic_store(&scoreboard_parts(b, &p).section->nsessions, 8);
	ck_assert_uint_eq(scoreboard_sessions(b), 7); /* not yet */
	scoreboard_use_ledger(b, &p);
	ck_assert_uint_eq(scoreboard_sessions(b), 8);
	ck_assert_uint_eq(scoreboard_ledger(b)->nsources, 4096);
	ck_assert_int_eq(scoreboard_take_ledger(b, 128, &p), 0);
	ck_assert_uint_eq(p.first, old.first); /* it was freed */
	scoreboard_use_ledger(b, &p);
	ck_assert_uint_eq(scoreboard_sessions(b), 0);
}
END_TEST

START_TEST(sums_what_is_and_what_was)
{
	struct scoreboard_counters t;
	unsigned int i;

	for (i = 0; i < 3; i++) {
		struct scoreboard_counters *n = &take(i, 1)->n;

		n->accepted = 1 + i;
		n->started = 10 + i;
		n->ended = 100 + i;
		n->lost = 1000 + i;
		n->in = 10000 + i;
		n->out = 100000 + i;
		n->refused[REFUSED_ACCESS] = i;
		n->refused[REFUSED_FORK] = 5;
	}
	scoreboard_release(b, &at[1]);
	scoreboard_retire(b, &at[2]);
	scoreboard_retire(b, &at[2]); /* once is enough */
	scoreboard_release(b, &at[2]);
	take(1, 1)->n.accepted = 50;
	scoreboard_gone(b)->ended += 2;
	scoreboard_sum(b, &t);
	ck_assert_uint_eq(t.accepted, 6 + 50);
	ck_assert_uint_eq(t.started, 33);
	ck_assert_uint_eq(t.ended, 305);
	ck_assert_uint_eq(t.lost, 3003);
	ck_assert_uint_eq(t.in, 30003);
	ck_assert_uint_eq(t.out, 300003);
	ck_assert_uint_eq(t.refused[REFUSED_ACCESS], 3);
	ck_assert_uint_eq(t.refused[REFUSED_FORK], 15);
	ck_assert_uint_eq(t.refused[REFUSED_NOT], 0);
}
END_TEST

/* There is room for the largest service there can be, with all acceptors of two
 * generations, and then there is none. */
START_TEST(is_no_longer_than_it_may_be)
{
	unsigned int n = 0;
	uint32_t npages;

	while (scoreboard_take(b, 65536, &at[n]) == 0)
		n++;
	ck_assert_int_eq(errno, ENOSPC);
	ck_assert_uint_ge(n, sizeof(void *) == 8 ? 128 : 16);
	ck_assert_uint_le(npages = b->npages, SCOREBOARD_PAGES);
	/* What was taken for it meanwhile is free. */
	scoreboard_release(b, &at[0]);
	take(0, 65536);
	ck_assert_uint_eq(b->npages, npages);
}
END_TEST

/* Each call that makes one or maps one, and no descriptor left behind. */
static const long calls[] = { SYS_memfd_create, SYS_fchmod, SYS_ftruncate,
	SYS_mmap, SYS_mremap };

START_TEST(is_not_made_where_a_call_fails)
{
	int before = dup(0), after;

	close(before);
	ck_assert_int_eq(inject(calls[_i], INJECT_ANY, ENOSPC), 0);
	errno = 0;
	ck_assert_ptr_null(scoreboard_new("other"));
	ck_assert_int_eq(errno, ENOSPC);
	ck_assert_int_eq(after = dup(0), before);
	close(after);
}
END_TEST

/* Neither the file nor its mapping can be made longer: nothing is taken. */
static const long growing[] = { SYS_ftruncate, SYS_mremap };

START_TEST(gives_no_section_that_there_is_no_room_for)
{
	uint32_t before = b->npages;

	take(0, 1);
	ck_assert_int_eq(inject(growing[_i], INJECT_ANY, ENOMEM), 0);
	ck_assert_int_eq(scoreboard_take(b, 5000, &at[1]), -1);
	ck_assert_int_eq(errno, ENOMEM);
	ck_assert_uint_eq(how_many_count(), 2);
	scoreboard_release(b, &at[0]);
	take(0, 1);
	ck_assert_uint_ge(b->npages, before);
}
END_TEST

START_TEST(is_emptied_by_hand_where_no_hole_can_be_made)
{
	struct scoreboard_section *s = take(0, DEFAULT);

	ck_assert_int_eq(inject(SYS_fallocate, INJECT_ANY, EOPNOTSUPP), 0);
	memset(s, 0xff, SCOREBOARD_PAGE);
	scoreboard_slot(b, &at[0], 100)->id = 7;
	scoreboard_release(b, &at[0]);
	trim();
	ck_assert_ptr_eq(take(0, DEFAULT), s);
	ck_assert_uint_eq(atomic_load(&s->nsessions), 0);
	ck_assert_uint_eq(scoreboard_slot(b, &at[0], 100)->id, 0);
}
END_TEST

static void
add(TCase *tc)
{
	const char *lack = inject_lack(), *memory = inject_lack_memory();

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, can_be_made_longer_by_nobody_else_and_never_shorter);
	tcase_add_test(tc, is_no_longer_than_its_sections_need);
	tcase_add_test(tc, keeps_all_parts_apart);
	tcase_add_test(tc, gives_each_entry_of_the_index_once);
	tcase_add_test(tc, keeps_of_a_retired_section_the_pages_in_use);
	tcase_add_test(tc, gives_a_section_without_what_was_in_it);
	tcase_add_test(tc,
	    gives_a_section_without_what_was_written_after_it_was_freed);
	tcase_add_test(tc, gives_memory_back);
	tcase_add_test(tc, keeps_no_memory_of_the_section_before);
	tcase_add_loop_test(tc, gives_memory_back_that_was_not_given_out, 0, 2);
	tcase_add_test(tc, keeps_the_buckets_while_there_is_a_rate);
	tcase_add_test(tc, does_not_make_pages_by_looking_at_them);
	tcase_add_test(tc, does_not_believe_a_scribbled_head);
	tcase_add_test(tc, replaces_the_ledger_at_once);
	tcase_add_test(tc, sums_what_is_and_what_was);
	tcase_add_test(tc, is_no_longer_than_it_may_be);
	runner_add_loop(tc, memory, is_not_made_where_a_call_fails, 0,
	    sizeof(calls) / sizeof(calls[0]));
	runner_add_loop(tc, memory, gives_no_section_that_there_is_no_room_for,
	    0, sizeof(growing) / sizeof(growing[0]));
	runner_add(tc, lack, is_emptied_by_hand_where_no_hole_can_be_made);
}

int
main(void)
{
	return runner_main("scoreboard_main", add);
}
