/* SPDX-License-Identifier: ISC */
/* The board as main has it: made, made longer, given out and taken back. */
#include "config.h"

#include <sys/stat.h>
#include <sys/syscall.h>

#include <bsd/stdlib.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ipc/scoreboard_private.h"
#include "ipc/sections.h"
#include "inject.h"
#include "runner.h"

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
	section_take(0, 65536);
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

/* Each part at the place of its own, whatever sections there are. */
START_TEST(keeps_all_parts_apart)
{
	static uint8_t used[8192];
	unsigned int i, k, page;

	memset(used, 0, sizeof(used));
	for (i = 0; i < 4; i++)
		section_take(i, i == 1 ? 20000 : 10 + i * 700);
	scoreboard_release(b, &sections[1]);
	section_take(1, 3000);
	section_take(4, 40000);
	ck_assert_uint_lt(b->npages, sizeof(used));
	memset(used, 1, SCOREBOARD_FIRST);
	ck_assert_ptr_eq(scoreboard_buckets(b),
	    scoreboard_at(b, SCOREBOARD_HEAD_PAGES));
	ck_assert_ptr_eq(scoreboard_buckets(b) + SCOREBOARD_BUCKETS,
	    scoreboard_at(b, SCOREBOARD_FIRST));
	for (i = 0; i < 5; i++) {
		for (k = 0; k < scoreboard_section_pages(sections[i].nsources);
		     k++)
			ck_assert_uint_eq(used[sections[i].first + k]++, 0);
		for (k = 0; k < scoreboard_slots_pages(sections[i].nslots); k++)
			ck_assert_uint_eq(used[sections[i].pages[k]]++, 0);
	}
	page = scoreboard_ledger(b)->first;
	for (k = 0;
	     k < scoreboard_section_pages(scoreboard_ledger(b)->nsources); k++)
		ck_assert_uint_eq(used[page + k]++, 0);
	for (k = 1; k < sections[4].nslots; k++)
		ck_assert(scoreboard_slot(b, &sections[4], k) !=
		    scoreboard_slot(b, &sections[4], k - 1));
}
END_TEST

START_TEST(gives_each_entry_of_the_index_once)
{
	unsigned int i;

	for (i = 0; i < SCOREBOARD_LIVE - 1; i++) {
		section_take(i, 1);
		ck_assert_uint_eq(sections[i].number, i + 1);
	}
	ck_assert_int_eq(scoreboard_take(b, 1, &sections[i]), -1);
	ck_assert_int_eq(errno, ENOSPC);
	ck_assert_uint_eq(sections_count(), SCOREBOARD_LIVE);
	scoreboard_release(b, &sections[17]);
	scoreboard_retire(b, &sections[1000]);
	section_take(17, 1);
	ck_assert_uint_eq(sections[17].number, 18);
	section_take(i, 1);
	ck_assert_uint_eq(sections[i].number, 1001);
	ck_assert_int_eq(scoreboard_take(b, 1,
			     &(struct scoreboard_place) { 0 }),
	    -1);
}
END_TEST

/* An acceptor may write to the head: main goes by what it knows. */
START_TEST(does_not_believe_a_scribbled_head)
{
	uint64_t seed = b->seed;
	unsigned int i;

	section_take(0, 10);
	section_take(1, 10);
	for (i = 0; i < 50; i++) {
		arc4random_buf(b->head,
		    SCOREBOARD_HEAD_PAGES * SCOREBOARD_PAGE);
		ck_assert_uint_eq(sections_count(), 3);
		section_take(2, 10);
		ck_assert_uint_eq(sections[2].number, 3);
		/* What others need is right again. */
		ck_assert_uint_eq(b->seed, seed);
		ck_assert_uint_eq(b->head->magic, SCOREBOARD_MAGIC);
		ck_assert_uint_eq(atomic_load(&b->head->nindex), 4);
		ck_assert_uint_eq(atomic_load(&scoreboard_index(b)[1]),
		    scoreboard_entry(sections[0].first, sections[0].nsources));
		scoreboard_release(b, &sections[2]);
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
		struct scoreboard_counters *n = &section_take(i, 1)->n;

		n->accepted = 1 + i;
		n->started = 10 + i;
		n->ended = 100 + i;
		n->lost = 1000 + i;
		n->in = 10000 + i;
		n->out = 100000 + i;
		n->refused[REFUSED_ACCESS] = i;
		n->refused[REFUSED_FORK] = 5;
	}
	scoreboard_release(b, &sections[1]);
	scoreboard_retire(b, &sections[2]);
	scoreboard_retire(b, &sections[2]); /* once is enough */
	scoreboard_release(b, &sections[2]);
	section_take(1, 1)->n.accepted = 50;
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

	while (scoreboard_take(b, 65536, &sections[n]) == 0)
		n++;
	ck_assert_int_eq(errno, ENOSPC);
	ck_assert_uint_ge(n, sizeof(void *) == 8 ? 128 : 16);
	ck_assert_uint_le(npages = b->npages, SCOREBOARD_PAGES);
	/* What was taken for it meanwhile is free. */
	scoreboard_release(b, &sections[0]);
	section_take(0, 65536);
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

	section_take(0, 1);
	ck_assert_int_eq(inject(growing[_i], INJECT_ANY, ENOMEM), 0);
	ck_assert_int_eq(scoreboard_take(b, 5000, &sections[1]), -1);
	ck_assert_int_eq(errno, ENOMEM);
	ck_assert_uint_eq(sections_count(), 2);
	scoreboard_release(b, &sections[0]);
	section_take(0, 1);
	ck_assert_uint_ge(b->npages, before);
}
END_TEST

static void
add(TCase *tc)
{
	const char *memory = inject_lack_memory();

	tcase_add_checked_fixture(tc, sections_setup, sections_teardown);
	tcase_add_test(tc, can_be_made_longer_by_nobody_else_and_never_shorter);
	tcase_add_test(tc, keeps_all_parts_apart);
	tcase_add_test(tc, gives_each_entry_of_the_index_once);
	tcase_add_test(tc, does_not_believe_a_scribbled_head);
	tcase_add_test(tc, replaces_the_ledger_at_once);
	tcase_add_test(tc, sums_what_is_and_what_was);
	tcase_add_test(tc, is_no_longer_than_it_may_be);
	runner_add_loop(tc, memory, is_not_made_where_a_call_fails, 0,
	    sizeof(calls) / sizeof(calls[0]));
	runner_add_loop(tc, memory, gives_no_section_that_there_is_no_room_for,
	    0, sizeof(growing) / sizeof(growing[0]));
}

int
main(void)
{
	return runner_main("scoreboard_main", add);
}
