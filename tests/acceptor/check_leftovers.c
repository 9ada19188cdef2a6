/* SPDX-License-Identifier: ISC */
/* Children of the test are what programs have left behind. */
#include "config.h"

#include <sys/prctl.h>
#include <sys/wait.h>

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "acceptor/leftovers.h"
#include "base/clock.h"
#include "ipc/scoreboard.h"
#include "runner.h"

#define SLOTS 16

static struct leftovers l;
static struct children c;
static void *mem;
static int64_t now;

static void
setup(void)
{
	ck_assert_ptr_nonnull(mem = calloc(1, children_size(SLOTS)));
	children_init(&c, mem, SLOTS);
	now = clock_ms();
}

static void
teardown(void)
{
	free(mem);
}

/* For programs; false where this kernel lists no children. */
static bool
made(bool end)
{
	leftovers_open(&l, true, end);
	return l.list.fd != -1;
}

/* A child, in a group of its own if it leads. */
static pid_t
child(pid_t group)
{
	pid_t pid = fork();

	ck_assert_int_ne(pid, -1);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	ck_assert_int_eq(setpgid(pid, group), 0);
	return pid;
}

/* One that ignores SIGTERM. */
static pid_t
stubborn(pid_t group)
{
	int fds[2];
	pid_t pid;
	char byte;

	ck_assert_int_eq(pipe(fds), 0);
	pid = fork();
	ck_assert_int_ne(pid, -1);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		signal(SIGTERM, SIG_IGN);
		if (write(fds[1], "x", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	ck_assert_int_eq(read(fds[0], &byte, 1), 1);
	close(fds[0]);
	close(fds[1]);
	ck_assert_int_eq(setpgid(pid, group), 0);
	return pid;
}

static struct child *
session(pid_t pid)
{
	struct child *ch = child_take(&c);

	child_register(&c, ch, pid, 0);
	return ch;
}

static bool
has_ended(pid_t pid)
{
	siginfo_t si = { .si_pid = 0 };

	ck_assert_int_eq(waitid(P_PID, (id_t)pid, &si,
			     WEXITED | WNOHANG | WNOWAIT),
	    0);
	return si.si_pid == pid;
}

/* How it is ended: the signal. */
static int
end_of(pid_t pid)
{
	int status;

	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	leftovers_reaped(&l, pid, now);
	return WTERMSIG(status);
}

/* A whole look at that time, as reap.c has it; how many are met. */
static int64_t
look(int64_t at)
{
	int64_t n;
	pid_t pid;

	l.rest = 0;
	leftovers_soon(&l, at, 0);
	ck_assert(leftovers_look(&l, at));
	do {
		offspring_read(&l.list);
		while ((pid = offspring_next(&l.list)) != 0)
			if (!has_ended(pid) && child_find(&c, pid) == NULL)
				leftovers_found(&l, &c, pid, at);
		n = leftovers_part(&l, 0);
	} while (!l.list.last);
	return n;
}

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
	if (!made(true))
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

START_TEST(counts_what_it_meets)
{
	pid_t a, b;

	if (!made(false))
		return;
	a = child(0);
	b = child(a);
	ck_assert_int_eq(look(now), 2);
	session(a);
	ck_assert_int_eq(look(now), 1);
	kill(-a, SIGKILL);
	end_of(a);
	end_of(b);
	ck_assert_int_eq(look(now), 0);
}
END_TEST

START_TEST(ends_what_can_belong_to_no_session)
{
	pid_t a;

	if (!made(true))
		return;
	a = child(0);
	look(now);
	ck_assert_int_eq(end_of(a), SIGKILL);
	/* It may have left children of its own. */
	ck_assert(leftovers_pending(&l));
	look(now);
	l.due = 0;
	ck_assert(!leftovers_pending(&l));
}
END_TEST

START_TEST(waits_for_every_session_that_may_be_its_own)
{
	struct child *older, *old, *young;
	pid_t a;

	if (!made(true))
		return;
	older = session(1000001);
	old = session(1000002);
	a = child(0);
	look(now);
	young = session(1000003);
	child_exit(&c, older);
	look(now);
	ck_assert(!has_ended(a));
	child_ending(&c, old, now + 1);
	look(now);
	ck_assert(!has_ended(a));
	child_killed(&c, old);
	look(now);
	ck_assert(!has_ended(a));
	child_exit(&c, old);
	look(now);
	ck_assert_int_eq(end_of(a), SIGKILL);
	child_exit(&c, young);
}
END_TEST

START_TEST(leaves_the_group_of_a_session_that_runs)
{
	pid_t leader, member;

	if (!made(true))
		return;
	leader = child(0);
	member = child(leader);
	session(leader);
	ck_assert_int_eq(look(now), 1);
	ck_assert(!has_ended(member));
	kill(-leader, SIGKILL);
	end_of(leader);
	end_of(member);
}
END_TEST

/* Another process with that number may be a younger session's. */
START_TEST(forgets_who_was_reaped)
{
	struct child *old;
	pid_t a;

	if (!made(true))
		return;
	old = session(1000001);
	a = child(0);
	look(now);
	leftovers_reaped(&l, a, now);
	session(1000002);
	child_exit(&c, old);
	look(now);
	ck_assert(!has_ended(a));
	kill(a, SIGKILL);
	end_of(a);
}
END_TEST

START_TEST(ends_more_than_it_can_remember)
{
	pid_t pid[LEFT_MAX + 40];
	struct child *old;
	unsigned int i;

	if (!made(true))
		return;
	old = session(1000001);
	for (i = 0; i < LEFT_MAX + 40; i++)
		pid[i] = child(0);
	ck_assert_int_eq(look(now), LEFT_MAX + 40);
	ck_assert_uint_eq(l.n, LEFT_MAX);
	ck_assert(!has_ended(pid[LEFT_MAX]));
	child_exit(&c, old);
	look(now);
	for (i = 0; i < LEFT_MAX + 40; i++)
		ck_assert_int_eq(end_of(pid[i]), SIGKILL);
	look(now);
	ck_assert_uint_eq(l.n, 0);
}
END_TEST

START_TEST(keeps_what_has_no_max_time)
{
	pid_t a;

	if (!made(false))
		return;
	a = child(0);
	leftovers_gone(&l, a, 0, now);
	look(now + 1000000);
	ck_assert(!has_ended(a));
	ck_assert(!leftovers_pending(&l));
	kill(a, SIGKILL);
	end_of(a);
}
END_TEST

/* The group of a session that has ended: its leader is dead, and reaped. */
START_TEST(ends_a_group_when_max_time_is_over)
{
	pid_t leader, member, other, apart;

	if (!made(false))
		return;
	leader = child(0);
	member = stubborn(leader);
	other = child(leader);
	apart = child(0);
	kill(leader, SIGKILL);
	end_of(leader);
	leftovers_gone(&l, leader, now + 5000, now);
	look(now + 1000);
	ck_assert_int_eq(leftovers_due(&l), now + 5000);
	look(now + 4999);
	ck_assert(!has_ended(other));
	look(now + 5000);
	ck_assert_int_eq(end_of(other), SIGTERM);
	ck_assert_int_eq(l.due, now + 5000 + SESSION_KILL_MS);
	look(now + 5000 + SESSION_KILL_MS);
	ck_assert_int_eq(end_of(member), SIGKILL);
	look(now + 20000);
	ck_assert_uint_eq(l.n, 0);
	ck_assert(!has_ended(apart));
	kill(apart, SIGKILL);
	end_of(apart);
}
END_TEST

/* Its pid is that of another session by now. */
START_TEST(leaves_a_group_that_is_anothers)
{
	pid_t leader, member;

	if (!made(false))
		return;
	leader = child(0);
	member = child(leader);
	leftovers_gone(&l, leader, now + 1, now);
	session(leader);
	look(now + 2);
	ck_assert(!has_ended(member));
	kill(-leader, SIGKILL);
	end_of(leader);
	end_of(member);
}
END_TEST

/* A session that ends during a look is not forgotten with it. */
START_TEST(keeps_what_has_ended_during_a_look)
{
	pid_t leader, member;

	if (!made(false))
		return;
	leader = child(0);
	member = child(leader);
	leftovers_soon(&l, now, 0);
	ck_assert(leftovers_look(&l, now));
	kill(leader, SIGKILL);
	end_of(leader);
	leftovers_gone(&l, leader, now + 1, now);
	offspring_read(&l.list);
	leftovers_part(&l, 0);
	look(now + 2);
	ck_assert_int_eq(end_of(member), SIGTERM);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, has_no_looks_for_built_ins);
	tcase_add_test(tc, looks_soon_after_a_session_has_ended);
	tcase_add_test(tc, counts_what_it_meets);
	tcase_add_test(tc, ends_what_can_belong_to_no_session);
	tcase_add_test(tc, waits_for_every_session_that_may_be_its_own);
	tcase_add_test(tc, leaves_the_group_of_a_session_that_runs);
	tcase_add_test(tc, forgets_who_was_reaped);
	tcase_add_test(tc, ends_more_than_it_can_remember);
	tcase_add_test(tc, keeps_what_has_no_max_time);
	tcase_add_test(tc, ends_a_group_when_max_time_is_over);
	tcase_add_test(tc, leaves_a_group_that_is_anothers);
	tcase_add_test(tc, keeps_what_has_ended_during_a_look);
}

int
main(void)
{
	return runner_main("leftovers", add);
}
