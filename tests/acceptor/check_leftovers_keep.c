/* SPDX-License-Identifier: ISC */
/* With leftovers = keep. */
#include "config.h"

#include <signal.h>

#include "acceptor/left.h"
#include "runner.h"

START_TEST(keeps_what_has_no_max_time)
{
	pid_t a;

	if (!left_made(false))
		return;
	a = left_child(0);
	leftovers_gone(&l, a, 0, now);
	left_look(now + 1000000);
	ck_assert(!left_has_ended(a));
	ck_assert(!leftovers_pending(&l));
	kill(a, SIGKILL);
	left_end_of(a);
}
END_TEST

/* The group of a session that has ended: its leader is dead, and reaped. */
START_TEST(ends_a_group_when_max_time_is_over)
{
	pid_t leader, member, other, apart;

	if (!left_made(false))
		return;
	leader = left_child(0);
	member = left_stubborn(leader);
	other = left_child(leader);
	apart = left_child(0);
	kill(leader, SIGKILL);
	left_end_of(leader);
	leftovers_gone(&l, leader, now + 5000, now);
	left_look(now + 1000);
	ck_assert_int_eq(leftovers_due(&l), now + 5000);
	left_look(now + 4999);
	ck_assert(!left_has_ended(other));
	left_look(now + 5000);
	ck_assert_int_eq(left_end_of(other), SIGTERM);
	ck_assert_int_eq(l.due, now + 5000 + SESSION_KILL_MS);
	left_look(now + 5000 + SESSION_KILL_MS);
	ck_assert_int_eq(left_end_of(member), SIGKILL);
	left_look(now + 20000);
	ck_assert_uint_eq(l.n, 0);
	ck_assert(!left_has_ended(apart));
	kill(apart, SIGKILL);
	left_end_of(apart);
}
END_TEST

/* Its pid is that of another session by now. */
START_TEST(leaves_a_group_that_is_anothers)
{
	pid_t leader, member;

	if (!left_made(false))
		return;
	leader = left_child(0);
	member = left_child(leader);
	leftovers_gone(&l, leader, now + 1, now);
	left_session(leader);
	left_look(now + 2);
	ck_assert(!left_has_ended(member));
	kill(-leader, SIGKILL);
	left_end_of(leader);
	left_end_of(member);
}
END_TEST

/* A session that ends during a look is not forgotten with it. */
START_TEST(keeps_what_has_ended_during_a_look)
{
	pid_t leader, member;

	if (!left_made(false))
		return;
	leader = left_child(0);
	member = left_child(leader);
	leftovers_soon(&l, now, 0);
	ck_assert(leftovers_look(&l, now));
	kill(leader, SIGKILL);
	left_end_of(leader);
	leftovers_gone(&l, leader, now + 1, now);
	offspring_read(&l.list);
	leftovers_part(&l, 0);
	left_look(now + 2);
	ck_assert_int_eq(left_end_of(member), SIGTERM);
}
END_TEST

START_TEST(counts_what_it_meets)
{
	pid_t a, b;

	if (!left_made(false))
		return;
	a = left_child(0);
	b = left_child(a);
	ck_assert_int_eq(left_look(now), 2);
	left_session(a);
	ck_assert_int_eq(left_look(now), 1);
	kill(-a, SIGKILL);
	left_end_of(a);
	left_end_of(b);
	ck_assert_int_eq(left_look(now), 0);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_checked_fixture(tc, left_setup, left_teardown);
	tcase_add_test(tc, counts_what_it_meets);
	tcase_add_test(tc, keeps_what_has_no_max_time);
	tcase_add_test(tc, ends_a_group_when_max_time_is_over);
	tcase_add_test(tc, leaves_a_group_that_is_anothers);
	tcase_add_test(tc, keeps_what_has_ended_during_a_look);
}

int
main(void)
{
	return runner_main("leftovers_keep", add);
}
