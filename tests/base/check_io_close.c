/* SPDX-License-Identifier: ISC */
/*
 * Closing a range of descriptors, also where the kernel lacks what helps.
 */
#include "config.h"

#include <sys/resource.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "inject.h"
#include "runner.h"

static bool
is_open(int fd)
{
	return fcntl(fd, F_GETFD) != -1;
}

/* Makes n descriptors, 100 up to 100 + n - 1. */
static void
open_from_100(int n)
{
	int i;

	for (i = 100; i < 100 + n; i++)
		ck_assert_int_eq(dup2(STDIN_FILENO, i), i);
}

static void
closes_from_to(void)
{
	open_from_100(20);
	io_close_range(105, 109);
	ck_assert(is_open(104));
	ck_assert(!is_open(105));
	ck_assert(!is_open(107));
	ck_assert(!is_open(109));
	ck_assert(is_open(110));
	io_close_range(112, 112);
	ck_assert(is_open(111));
	ck_assert(!is_open(112));
	ck_assert(is_open(113));
	io_close_range(118, 117);
	ck_assert(is_open(117));
	ck_assert(is_open(118));
	io_close_range(100, UINT_MAX);
	ck_assert(is_open(STDOUT_FILENO));
	ck_assert(!is_open(100));
	ck_assert(!is_open(119));
}

/* Makes that system call fail with ENOSYS, in this process for good. */
static void
take_away(long nr)
{
	ck_assert_int_eq(inject(nr, INJECT_ANY, ENOSYS), 0);
}

START_TEST(closes_a_range)
{
	closes_from_to();
}
END_TEST

START_TEST(closes_a_range_where_the_kernel_has_no_close_range)
{
	take_away(SYS_close_range);
	closes_from_to();
}
END_TEST

START_TEST(closes_more_than_one_reading_of_the_directory)
{
	int fd;

	take_away(SYS_close_range);
	open_from_100(800);
	io_close_range(100, UINT_MAX);
	for (fd = 100; fd < 900; fd++)
		ck_assert(!is_open(fd));
}
END_TEST

START_TEST(closes_a_range_without_proc_too)
{
	struct rlimit limit = { .rlim_cur = 4096, .rlim_max = 4096 };

	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	take_away(SYS_close_range);
	take_away(SYS_getdents64);
	closes_from_to();
}
END_TEST

START_TEST(closes_a_range_without_anything_that_helps)
{
	open_from_100(20);
	take_away(SYS_close_range);
	take_away(SYS_openat);
	take_away(SYS_prlimit64);
	io_close_range(105, 109);
	ck_assert(is_open(104));
	ck_assert(!is_open(105));
	ck_assert(!is_open(109));
	ck_assert(is_open(110));
}
END_TEST

START_TEST(closes_everything_in_no_time)
{
	struct timespec a, b;

	clock_gettime(CLOCK_MONOTONIC, &a);
	io_close_range(100, UINT_MAX);
	clock_gettime(CLOCK_MONOTONIC, &b);
	ck_assert_int_lt((b.tv_sec - a.tv_sec) * 1000 +
		(b.tv_nsec - a.tv_nsec) / 1000000,
	    1000);
}
END_TEST

static void
add(TCase *tc)
{
	const char *lack = inject_lack();

	tcase_add_test(tc, closes_a_range);
	runner_add(tc, lack,
	    closes_a_range_where_the_kernel_has_no_close_range);
	runner_add(tc, lack, closes_more_than_one_reading_of_the_directory);
	runner_add(tc, lack, closes_a_range_without_proc_too);
	runner_add(tc, lack, closes_a_range_without_anything_that_helps);
	tcase_add_test(tc, closes_everything_in_no_time);
}

int
main(void)
{
	return runner_main("base/io_close", add);
}
