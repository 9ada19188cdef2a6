/* SPDX-License-Identifier: ISC */
/* Each start and end is counted once, whenever the acceptor died. */
#include "config.h"

#include <signal.h>

#include "ipc/scoreboard_main.h"
#include "main/adoption.h"
#include "runner.h"

static void
counted(uint64_t started, uint64_t ended)
{
	struct scoreboard_counters *n = &section()->n;

	atomic_store(&n->started, started);
	atomic_store(&n->ended, ended);
}

static void
totals_are(uint64_t started, uint64_t ended)
{
	struct scoreboard_counters t;

	scoreboard_sum(served->board, &t);
	ck_assert_uint_eq(t.started, started);
	ck_assert_uint_eq(t.ended, ended);
}

/* The acceptor was killed after the fork, before it counted it. */
START_TEST(counts_a_start_that_was_not_counted)
{
	pid_t a = child();

	counted(7, 7);
	slot_of(0, a, "192.0.2.1");
	adopt();
	totals_are(8, 7);
	kill(a, SIGKILL);
	reap(a);
	totals_are(8, 8);
}
END_TEST

/* The acceptor was killed after the wait, before it counted it. */
START_TEST(counts_an_end_that_was_not_counted)
{
	pid_t a = child();

	counted(9, 7);
	slot_of(0, a, "192.0.2.1");
	slot_of(1, 4194303, "192.0.2.1");
	adopt();
	totals_are(9, 8);
	kill(a, SIGKILL);
	reap(a);
	totals_are(9, 9);
	ck_assert_uint_eq(next_end(NULL), 100);
	ck_assert_uint_eq(next_end(NULL), 0);
}
END_TEST

START_TEST(believes_a_count_that_is_right)
{
	pid_t a = child();

	counted(9, 8);
	slot_of(0, a, "192.0.2.1");
	slot_of(1, 999, "192.0.2.1")->state = SLOT_ENDED;
	adopt();
	totals_are(9, 8);
	kill(a, SIGKILL);
	reap(a);
	totals_are(9, 9);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, counts_a_start_that_was_not_counted);
	tcase_add_test(tc, counts_an_end_that_was_not_counted);
	tcase_add_test(tc, believes_a_count_that_is_right);
}

int
main(void)
{
	return runner_main("adopt_counts", add);
}
