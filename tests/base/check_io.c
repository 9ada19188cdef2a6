/* SPDX-License-Identifier: ISC */
/*
 * Reading, writing and the flags of a descriptor.
 */
#include "config.h"

#include <sys/time.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "runner.h"

#define BULK ((size_t)4 << 20)

static char block[BULK], got[BULK];

static void
on_alarm(int sig)
{
	(void)sig;
}

/* SIGALRM without SA_RESTART, so that waits are interrupted; not so often that
 * valgrind does nothing else. */
static void
interrupt_often(void)
{
	struct sigaction sa = { .sa_handler = on_alarm };
	struct itimerval often = { .it_interval = { .tv_usec = 5000 },
		.it_value = { .tv_usec = 5000 } };

	ck_assert_int_eq(sigaction(SIGALRM, &sa, NULL), 0);
	ck_assert_int_eq(setitimer(ITIMER_REAL, &often, NULL), 0);
}

static void
fill_block(void)
{
	size_t i;

	for (i = 0; i < BULK; i++)
		block[i] = (char)(i * 7 + i / 251);
}

/* Pauses that make the other side of a pipe wait. */
static void
pause_ms(long ms)
{
	struct timespec ts = { .tv_nsec = ms * 1000000 };

	while (nanosleep(&ts, &ts) == -1 && errno == EINTR)
		continue;
}

START_TEST(writes_and_reads_all_though_interrupted)
{
	int fd[2], status;
	pid_t pid;

	fill_block();
	ck_assert_int_eq(pipe(fd), 0);
	ck_assert_int_ne((pid = fork()), -1);
	if (pid == 0) {
		close(fd[1]);
		pause_ms(30); /* the writer has filled the pipe and waits */
		if (io_read_all(fd[0], got, BULK) != (ssize_t)BULK)
			_exit(1);
		_exit(memcmp(got, block, BULK) == 0 ? 0 : 2);
	}
	close(fd[0]);
	interrupt_often();
	ck_assert_int_eq(io_write_all(fd[1], block, BULK), 0);
	while (waitpid(pid, &status, 0) == -1)
		ck_assert_int_eq(errno, EINTR);
	ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(reads_though_interrupted)
{
	int fd[2];
	pid_t pid;
	char c;

	ck_assert_int_eq(pipe(fd), 0);
	ck_assert_int_ne((pid = fork()), -1);
	if (pid == 0) {
		pause_ms(30);
		_exit(write(fd[1], "x", 1) == 1 ? 0 : 1);
	}
	interrupt_often();
	ck_assert_int_eq(io_read(fd[0], &c, 1), 1);
	ck_assert_int_eq(c, 'x');
}
END_TEST

START_TEST(reads_no_more_than_there_is_before_the_end)
{
	int fd[2];

	ck_assert_int_eq(pipe(fd), 0);
	ck_assert_int_eq(io_write_all(fd[1], "abc", 3), 0);
	close(fd[1]);
	ck_assert_int_eq(io_read_all(fd[0], got, 10), 3);
	ck_assert_int_eq(io_read_all(fd[0], got, 10), 0);
}
END_TEST

START_TEST(reports_errors_of_reading_and_writing)
{
	errno = 0;
	ck_assert_int_eq(io_read(-1, got, 1), -1);
	ck_assert_int_eq(errno, EBADF);
	ck_assert_int_eq(io_read_all(-1, got, 1), -1);
	errno = 0;
	ck_assert_int_eq(io_write(-1, got, 1), -1);
	ck_assert_int_eq(errno, EBADF);
	ck_assert_int_eq(io_write_all(-1, got, 1), -1);
}
END_TEST

START_TEST(says_eagain_when_a_non_blocking_pipe_is_full)
{
	int fd[2];

	ck_assert_int_eq(pipe(fd), 0);
	ck_assert_int_eq(io_nonblock(fd[1], 1), 0);
	ck_assert_int_eq(io_write_all(fd[1], block, BULK), -1);
	ck_assert_int_eq(errno, EAGAIN);
}
END_TEST

START_TEST(sets_and_clears_o_nonblock)
{
	int fd[2];

	ck_assert_int_eq(pipe(fd), 0);
	ck_assert_int_eq(io_nonblock(fd[0], 1), 0);
	ck_assert_int_ne(fcntl(fd[0], F_GETFL) & O_NONBLOCK, 0);
	ck_assert_int_eq(io_nonblock(fd[0], 0), 0);
	ck_assert_int_eq(fcntl(fd[0], F_GETFL) & O_NONBLOCK, 0);
	ck_assert_int_eq(io_nonblock(-1, 1), -1);
	ck_assert_int_eq(errno, EBADF);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, writes_and_reads_all_though_interrupted);
	tcase_add_test(tc, reads_though_interrupted);
	tcase_add_test(tc, reads_no_more_than_there_is_before_the_end);
	tcase_add_test(tc, reports_errors_of_reading_and_writing);
	tcase_add_test(tc, says_eagain_when_a_non_blocking_pipe_is_full);
	tcase_add_test(tc, sets_and_clears_o_nonblock);
}

int
main(void)
{
	return runner_main("base/io", add);
}
