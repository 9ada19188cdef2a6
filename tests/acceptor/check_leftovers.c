/* SPDX-License-Identifier: ISC */
/* With leftovers = end. */
#include "config.h"

#include <signal.h>

#include "acceptor/left.h"
#include "runner.h"

START_TEST(has_no_looks_for_built_ins)
{
	leftovers_open(&l, false, true);
	ck_assert(!leftovers_soon(&l, now, 0));
	leftovers_gone(&l, 7, 1, now);
	ck_assert(!leftovers_look(&l, now + 100000));
	ck_assert_int_eq(leftovers_due(&l), 0);
	ck_assert(!leftovers_pending(&l));
}
END_TEST

START_TEST(looks_soon_after_a_session_has_ended)
{
	if (!left_made(true))
		return;
	ck_assert_int_eq(leftovers_due(&l), 0);
	leftovers_gone(&l, 7, 0, now);
	ck_assert_int_eq(leftovers_due(&l), now + LEFT_END_MS);
	ck_assert(leftovers_pending(&l));
	ck_assert(!leftovers_look(&l, now + LEFT_END_MS - 1));
	ck_assert(leftovers_look(&l, now + LEFT_END_MS));
	l.due = 0;
	l.looking = l.end = false;
	leftovers_gone(&l, 7, 0, now);
	ck_assert_int_eq(leftovers_due(&l), now + LEFT_KEEP_MS);
	ck_assert(!leftovers_pending(&l));
}
END_TEST

START_TEST(ends_what_can_belong_to_no_session)
{
	pid_t a;

	if (!left_made(true))
		return;
	a = left_child(0);
	left_look(now);
	ck_assert_int_eq(left_end_of(a), SIGKILL);
	/* It may have left children of its own. */
	ck_assert(leftovers_pending(&l));
	left_look(now);
	l.due = 0;
	ck_assert(!leftovers_pending(&l));
}
END_TEST

START_TEST(waits_for_every_session_that_may_be_its_own)
{
	struct child *older, *old, *young;
	pid_t a;

	if (!left_made(true))
		return;
	older = left_session(1000001);
	old = left_session(1000002);
	a = left_child(0);
	left_look(now);
	young = left_session(1000003);
	child_exit(&c, older);
	left_look(now);
	ck_assert(!left_has_ended(a));
	child_ending(&c, old, CHILD_ENDING, now + 1);
	left_look(now);
	ck_assert(!left_has_ended(a));
	child_ending(&c, old, CHILD_KILLED, 0);
	left_look(now);
	ck_assert(!left_has_ended(a));
	child_exit(&c, old);
	left_look(now);
	ck_assert_int_eq(left_end_of(a), SIGKILL);
	child_exit(&c, young);
}
END_TEST

START_TEST(leaves_the_group_of_a_session_that_runs)
{
	pid_t leader, member;

	if (!left_made(true))
		return;
	leader = left_child(0);
	member = left_child(leader);
	left_session(leader);
	ck_assert_int_eq(left_look(now), 1);
	ck_assert(!left_has_ended(member));
	kill(-leader, SIGKILL);
	left_end_of(leader);
	left_end_of(member);
}
END_TEST

/* Another process with that number may be a younger session's. */
START_TEST(forgets_who_was_reaped)
{
	struct child *old;
	pid_t a;

	if (!left_made(true))
		return;
	old = left_session(1000001);
	a = left_child(0);
	left_look(now);
	leftovers_reaped(&l, a, now);
	left_session(1000002);
	child_exit(&c, old);
	left_look(now);
	ck_assert(!left_has_ended(a));
	kill(a, SIGKILL);
	left_end_of(a);
}
END_TEST

START_TEST(ends_more_than_it_can_remember)
{
	pid_t pid[LEFT_MAX + 40];
	struct child *old;
	unsigned int i;

	if (!left_made(true))
		return;
	old = left_session(1000001);
	for (i = 0; i < LEFT_MAX + 40; i++)
		pid[i] = left_child(0);
	ck_assert_int_eq(left_look(now), LEFT_MAX + 40);
	ck_assert_uint_eq(l.n, LEFT_MAX);
	ck_assert(!left_has_ended(pid[LEFT_MAX]));
	child_exit(&c, old);
	left_look(now);
	for (i = 0; i < LEFT_MAX + 40; i++)
		ck_assert_int_eq(left_end_of(pid[i]), SIGKILL);
	left_look(now);
	ck_assert_uint_eq(l.n, 0);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_checked_fixture(tc, left_setup, left_teardown);
	tcase_add_test(tc, has_no_looks_for_built_ins);
	tcase_add_test(tc, looks_soon_after_a_session_has_ended);
	tcase_add_test(tc, ends_what_can_belong_to_no_session);
	tcase_add_test(tc, waits_for_every_session_that_may_be_its_own);
	tcase_add_test(tc, leaves_the_group_of_a_session_that_runs);
	tcase_add_test(tc, forgets_who_was_reaped);
	tcase_add_test(tc, ends_more_than_it_can_remember);
}

int
main(void)
{
	return runner_main("leftovers", add);
}
