/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/prctl.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/offspring.h"
#include "runner.h"

#define MANY 1500 /* more than a part can have */

static struct offspring o;
static pid_t pids[MANY];

static void
setup(void)
{
	offspring_open(&o);
}

static void
teardown(void)
{
	close(o.fd);
}

static bool
is_listed(void)
{
	return o.fd != -1; /* else this kernel lists no children */
}

static pid_t
child(void)
{
	pid_t pid = fork();

	ck_assert_int_ne(pid, -1);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	return pid;
}

static void
end(pid_t pid)
{
	kill(pid, SIGKILL);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}

START_TEST(lists_nobody_where_there_is_nobody)
{
	if (!is_listed())
		return;
	offspring_read(&o);
	ck_assert(o.last && o.whole);
	ck_assert_int_eq(offspring_next(&o), 0);
	ck_assert_int_eq(offspring_next(&o), 0);
}
END_TEST

START_TEST(lists_those_that_live_and_those_that_have_ended)
{
	siginfo_t si;
	pid_t a, b;

	if (!is_listed())
		return;
	a = child();
	b = child();
	kill(a, SIGKILL);
	ck_assert_int_eq(waitid(P_PID, (id_t)a, &si, WEXITED | WNOWAIT), 0);
	offspring_read(&o);
	ck_assert_int_eq(offspring_next(&o), a);
	ck_assert_int_eq(offspring_next(&o), b);
	ck_assert_int_eq(offspring_next(&o), 0);
	ck_assert(o.last && o.whole);
	end(a);
	end(b);
}
END_TEST

START_TEST(lists_many_part_by_part_and_begins_anew)
{
	unsigned int i, n, parts, turn;
	pid_t pid;

	if (!is_listed())
		return;
	for (i = 0; i < MANY; i++)
		pids[i] = child();
	for (turn = 0; turn < 2; turn++) {
		n = parts = 0;
		do {
			offspring_read(&o);
			while ((pid = offspring_next(&o)) != 0)
				ck_assert_int_eq(pid, pids[n++]);
			ck_assert_uint_lt(parts++, MANY);
		} while (!o.last);
		ck_assert_uint_eq(n, MANY);
		ck_assert_uint_gt(parts, 1);
		ck_assert(o.whole);
	}
	for (i = 0; i < MANY; i++)
		end(pids[i]);
}
END_TEST

START_TEST(keeps_those_that_it_is_given)
{
	offspring_keep(&o, 7);
	offspring_keep(&o, 8);
	ck_assert_int_eq(offspring_kept(&o), 8);
	ck_assert_int_eq(offspring_kept(&o), 7);
	ck_assert_int_eq(offspring_kept(&o), 0);
}
END_TEST

START_TEST(ends_the_list_where_it_can_keep_no_more)
{
	unsigned int i;

	o.whole = true;
	o.at = OFFSPRING_PART;
	for (i = 1; i <= OFFSPRING_KEPT; i++) {
		ck_assert(!o.last);
		offspring_keep(&o, (pid_t)i);
	}
	offspring_keep(&o, 1);
	ck_assert(o.last && !o.whole);
	ck_assert_int_eq(o.at, 0);
	for (i = 0; offspring_kept(&o) != 0; i++)
		continue;
	ck_assert_uint_eq(i, OFFSPRING_KEPT);
}
END_TEST

/* As where /proc has been replaced, or was never there. */
START_TEST(takes_what_it_cannot_read_for_the_end)
{
	int fd = o.fd;

	o.fd = open("/", O_RDONLY | O_CLOEXEC);
	offspring_read(&o);
	ck_assert(o.last && o.failed);
	ck_assert_int_eq(offspring_next(&o), 0);
	close(o.fd);
	o.fd = fd;
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, lists_nobody_where_there_is_nobody);
	tcase_add_test(tc, lists_those_that_live_and_those_that_have_ended);
	tcase_add_test(tc, lists_many_part_by_part_and_begins_anew);
	tcase_add_test(tc, keeps_those_that_it_is_given);
	tcase_add_test(tc, ends_the_list_where_it_can_keep_no_more);
	tcase_add_test(tc, takes_what_it_cannot_read_for_the_end);
}

int
main(void)
{
	return runner_main("base/offspring", add);
}
