/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "inject.h"
#include "runner.h"

#define BULK ((size_t)4 << 20)

static char block[BULK], got[BULK];

static bool
is_open(int fd)
{
	return fcntl(fd, F_GETFD) != -1;
}

static void
on_alarm(int sig)
{
	(void)sig;
}

/* SIGALRM every millisecond, without SA_RESTART: every wait is interrupted. */
static void
interrupt_often(void)
{
	struct sigaction sa = { .sa_handler = on_alarm };
	struct itimerval often = { .it_interval = { .tv_usec = 1000 },
		.it_value = { .tv_usec = 1000 } };

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

START_TEST(sets_and_clears_flags)
{
	int fd[2];

	ck_assert_int_eq(pipe(fd), 0);
	ck_assert_int_eq(io_nonblock(fd[0], 1), 0);
	ck_assert_int_ne(fcntl(fd[0], F_GETFL) & O_NONBLOCK, 0);
	ck_assert_int_eq(io_nonblock(fd[0], 0), 0);
	ck_assert_int_eq(fcntl(fd[0], F_GETFL) & O_NONBLOCK, 0);
	ck_assert_int_eq(io_cloexec(fd[0], 1), 0);
	ck_assert_int_eq(io_cloexec(fd[0], 1), 0);
	ck_assert_int_eq(fcntl(fd[0], F_GETFD), FD_CLOEXEC);
	ck_assert_int_eq(io_cloexec(fd[0], 0), 0);
	ck_assert_int_eq(fcntl(fd[0], F_GETFD), 0);
	ck_assert_int_eq(io_nonblock(-1, 1), -1);
	ck_assert_int_eq(errno, EBADF);
	ck_assert_int_eq(io_cloexec(-1, 1), -1);
}
END_TEST

static void
pair(int type, int sock[2])
{
	ck_assert_int_eq(socketpair(AF_UNIX, type, 0, sock), 0);
}

/* How many descriptors this process has. */
static int
count_open(void)
{
	int fd, n = 0;

	for (fd = 0; fd < 256; fd++)
		n += is_open(fd);
	return n;
}

START_TEST(passes_a_descriptor)
{
	int sock[2], fd[2], passed;
	struct stat a, b;

	pair(SOCK_SEQPACKET, sock);
	ck_assert_int_eq(pipe(fd), 0);
	ck_assert_int_eq(io_send_fd(sock[0], "hello", 5, fd[0]), 0);
	ck_assert_int_eq(io_recv_fd(sock[1], got, 16, &passed), 5);
	ck_assert_mem_eq(got, "hello", 5);
	ck_assert_int_ge(passed, 0);
	ck_assert_int_eq(fcntl(passed, F_GETFD), FD_CLOEXEC);
	ck_assert_int_eq(fstat(fd[0], &a), 0);
	ck_assert_int_eq(fstat(passed, &b), 0);
	ck_assert_uint_eq(a.st_ino, b.st_ino);
}
END_TEST

START_TEST(passes_none_when_there_is_none)
{
	int sock[2], passed = 4711;

	pair(SOCK_SEQPACKET, sock);
	ck_assert_int_eq(io_send_fd(sock[0], "a", 1, -1), 0);
	ck_assert_int_eq(io_send_fd(sock[0], "bc", 2, -1), 0);
	ck_assert_int_eq(io_recv_fd(sock[1], got, 16, &passed), 1);
	ck_assert_int_eq(passed, -1);
	ck_assert_int_eq(io_recv_fd(sock[1], got, 16, &passed), 2);
}
END_TEST

START_TEST(never_waits_for_a_message)
{
	int sock[2], passed;

	pair(SOCK_SEQPACKET, sock);
	ck_assert_int_eq(io_recv_fd(sock[1], got, 16, &passed), -1);
	ck_assert_int_eq(errno, EAGAIN);
	ck_assert_int_eq(passed, -1);
}
END_TEST

START_TEST(never_waits_for_room)
{
	int sock[2], i;

	pair(SOCK_SEQPACKET, sock);
	for (i = 0; i < 100000; i++) {
		if (io_send_fd(sock[0], block, 1024, -1) == -1)
			break;
	}
	ck_assert_int_lt(i, 100000);
	ck_assert_int_eq(errno, EAGAIN);
}
END_TEST

START_TEST(tells_the_end_of_file)
{
	int sock[2], passed;

	pair(SOCK_SEQPACKET, sock);
	close(sock[0]);
	ck_assert_int_eq(io_recv_fd(sock[1], got, 16, &passed), 0);
	ck_assert_int_eq(passed, -1);
}
END_TEST

START_TEST(raises_no_sigpipe)
{
	int sock[2];

	pair(_i == 0 ? SOCK_SEQPACKET : SOCK_STREAM, sock);
	close(sock[1]);
	ck_assert_int_eq(io_send_fd(sock[0], "x", 1, -1), -1);
	ck_assert_int_eq(errno, EPIPE);
}
END_TEST

START_TEST(sends_no_empty_message)
{
	int sock[2];

	pair(SOCK_SEQPACKET, sock);
	ck_assert_int_eq(io_send_fd(sock[0], "", 0, -1), -1);
	ck_assert_int_eq(errno, EINVAL);
}
END_TEST

START_TEST(refuses_a_message_that_is_too_long)
{
	int sock[2], fd[2], passed, n;

	pair(SOCK_SEQPACKET, sock);
	ck_assert_int_eq(pipe(fd), 0);
	n = count_open();
	ck_assert_int_eq(io_send_fd(sock[0], "123456", 6, fd[0]), 0);
	ck_assert_int_eq(io_recv_fd(sock[1], got, 5, &passed), -1);
	ck_assert_int_eq(errno, EMSGSIZE);
	ck_assert_int_eq(passed, -1);
	ck_assert_int_eq(count_open(), n);
}
END_TEST

/* Sends size bytes with n copies of fd in one message. */
static void
send_many(int sock, size_t size, int fd, size_t n)
{
	union {
		struct cmsghdr align;
		char buf[CMSG_SPACE(32 * sizeof(int))];
	} control = { .buf = { 0 } };
	struct iovec iov = { .iov_base = block, .iov_len = size };
	struct msghdr msg = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.buf,
		.msg_controllen = CMSG_SPACE(n * sizeof(int)) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
	size_t i;

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(n * sizeof(int));
	for (i = 0; i < n; i++)
		memcpy(CMSG_DATA(c) + i * sizeof(int), &fd, sizeof(int));
	ck_assert_int_eq(sendmsg(sock, &msg, 0), (ssize_t)size);
}

START_TEST(closes_descriptors_that_nobody_asked_for)
{
	static const size_t many[] = { 2, 3, 4, 5, 6, 32 };
	int sock[2], passed, n;
	size_t i;

	pair(SOCK_SEQPACKET, sock);
	n = count_open();
	for (i = 0; i < sizeof(many) / sizeof(many[0]); i++) {
		send_many(sock[0], 1, STDOUT_FILENO, many[i]);
		ck_assert_int_eq(io_recv_fd(sock[1], got, 16, &passed), 1);
		ck_assert_int_ge(passed, 0);
		ck_assert_int_eq(count_open(), n + 1);
		close(passed);
	}
}
END_TEST

START_TEST(keeps_no_descriptor_of_an_empty_message)
{
	int sock[2], passed, n;

	pair(SOCK_SEQPACKET, sock);
	n = count_open();
	send_many(sock[0], 0, STDOUT_FILENO, 1);
	ck_assert_int_eq(io_recv_fd(sock[1], got, 16, &passed), 0);
	ck_assert_int_eq(passed, -1);
	ck_assert_int_eq(count_open(), n);
}
END_TEST

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

/* Room for a part of it only. */
START_TEST(refuses_what_a_stream_took_a_part_of)
{
	int sock[2];

	pair(SOCK_STREAM, sock);
	ck_assert_int_eq(io_send_fd(sock[0], block, BULK, -1), -1);
	ck_assert_int_eq(errno, EMSGSIZE);
}
END_TEST

START_TEST(takes_no_credentials_for_a_descriptor)
{
	int sock[2], on = 1, passed;

	pair(SOCK_SEQPACKET, sock);
	ck_assert_int_eq(setsockopt(sock[1], SOL_SOCKET, SO_PASSCRED, &on,
			     sizeof(on)),
	    0);
	ck_assert_int_eq(io_send_fd(sock[0], "abc", 3, -1), 0);
	ck_assert_int_eq(io_recv_fd(sock[1], got, 16, &passed), 3);
	ck_assert_int_eq(passed, -1);
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

static void
add(TCase *tc)
{
	const char *lack = inject_lack();

	tcase_add_test(tc, writes_and_reads_all_though_interrupted);
	tcase_add_test(tc, reads_though_interrupted);
	tcase_add_test(tc, reads_no_more_than_there_is_before_the_end);
	tcase_add_test(tc, reports_errors_of_reading_and_writing);
	tcase_add_test(tc, says_eagain_when_a_non_blocking_pipe_is_full);
	tcase_add_test(tc, sets_and_clears_flags);
	tcase_add_test(tc, passes_a_descriptor);
	tcase_add_test(tc, passes_none_when_there_is_none);
	tcase_add_test(tc, never_waits_for_a_message);
	tcase_add_test(tc, never_waits_for_room);
	tcase_add_test(tc, tells_the_end_of_file);
	tcase_add_loop_test(tc, raises_no_sigpipe, 0, 2);
	tcase_add_test(tc, sends_no_empty_message);
	tcase_add_test(tc, refuses_a_message_that_is_too_long);
	tcase_add_test(tc, closes_descriptors_that_nobody_asked_for);
	tcase_add_test(tc, keeps_no_descriptor_of_an_empty_message);
	tcase_add_test(tc, closes_a_range);
	runner_add(tc, lack,
	    closes_a_range_where_the_kernel_has_no_close_range);
	runner_add(tc, lack, closes_more_than_one_reading_of_the_directory);
	runner_add(tc, lack, closes_a_range_without_proc_too);
	tcase_add_test(tc, closes_everything_in_no_time);
	tcase_add_test(tc, refuses_what_a_stream_took_a_part_of);
	tcase_add_test(tc, takes_no_credentials_for_a_descriptor);
	runner_add(tc, lack, closes_a_range_without_anything_that_helps);
}

int
main(void)
{
	return runner_main("base/io", add);
}
