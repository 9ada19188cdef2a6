/* SPDX-License-Identifier: ISC */
/*
 * Messages that pass a descriptor: at most one comes, nothing is left open, and
 * nobody waits.
 */
#include "config.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "runner.h"

/* More than a stream socket takes at once. */
#define LARGE ((size_t)4 << 20)

static char block[LARGE], got[16];

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
		n += fcntl(fd, F_GETFD) != -1;
	return n;
}

START_TEST(passes_a_descriptor)
{
	int sock[2], fd[2], passed;
	struct stat a, b;

	pair(SOCK_SEQPACKET, sock);
	ck_assert_int_eq(pipe(fd), 0);
	ck_assert_int_eq(io_send_fd(sock[0], "hello", 5, fd[0]), 0);
	ck_assert_int_eq(io_recv_fd(sock[1], got, 16, 0, &passed), 5);
	ck_assert_mem_eq(got, "hello", 5);
	ck_assert_int_ge(passed, 0);
	ck_assert_int_eq(fcntl(passed, F_GETFD), FD_CLOEXEC);
	ck_assert_int_eq(fstat(fd[0], &a), 0);
	ck_assert_int_eq(fstat(passed, &b), 0);
	ck_assert_uint_eq(a.st_ino, b.st_ino);
}
END_TEST

START_TEST(peeks_and_leaves_the_message)
{
	const struct rlimit few = { 3, 64 }, some = { 64, 64 };
	int sock[2], fd[2], passed, n, offset = 0;
	struct stat a, b;

	pair(SOCK_SEQPACKET, sock);
	ck_assert_int_eq(setsockopt(sock[1], SOL_SOCKET, SO_PEEK_OFF, &offset,
			     sizeof(offset)),
	    0);
	ck_assert_int_eq(pipe(fd), 0);
	ck_assert_int_eq(io_send_fd(sock[0], "one", 3, fd[0]), 0);
	ck_assert_int_eq(io_send_fd(sock[0], "two", 3, -1), 0);
	ck_assert_int_eq(io_recv_fd(sock[1], got, 16, MSG_PEEK, &passed), 3);
	ck_assert_mem_eq(got, "one", 3);
	ck_assert_int_eq(fstat(fd[0], &a), 0);
	ck_assert_int_eq(fstat(passed, &b), 0);
	ck_assert_uint_eq(a.st_ino, b.st_ino);
	ck_assert_int_eq(io_recv_fd(sock[1], got, 16, MSG_PEEK, &passed), 3);
	ck_assert_mem_eq(got, "two", 3);
	ck_assert_int_eq(passed, -1);
	ck_assert_int_eq(io_recv_fd(sock[1], got, 16, MSG_PEEK, &passed), -1);
	ck_assert_int_eq(errno, EAGAIN);
	/* No room for it: it stays there. */
	ck_assert_int_eq(setsockopt(sock[1], SOL_SOCKET, SO_PEEK_OFF, &offset,
			     sizeof(offset)),
	    0);
	n = count_open();
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
	ck_assert_int_eq(io_recv_fd(sock[1], got, 16, MSG_PEEK, &passed), -1);
	ck_assert_int_eq(errno, EMFILE);
	ck_assert_int_eq(count_open(), n);
	close(0);
	ck_assert_int_eq(io_recv_fd(sock[1], got, 16, 0, &passed), 3);
	ck_assert_mem_eq(got, "one", 3);
	ck_assert_int_eq(passed, 0);
	/* A leak checker opens files. */
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &some), 0);
}
END_TEST

START_TEST(passes_none_when_there_is_none)
{
	int sock[2], passed = 4711;

	pair(SOCK_SEQPACKET, sock);
	ck_assert_int_eq(io_send_fd(sock[0], "a", 1, -1), 0);
	ck_assert_int_eq(io_send_fd(sock[0], "bc", 2, -1), 0);
	ck_assert_int_eq(io_recv_fd(sock[1], got, 16, 0, &passed), 1);
	ck_assert_int_eq(passed, -1);
	ck_assert_int_eq(io_recv_fd(sock[1], got, 16, 0, &passed), 2);
}
END_TEST

START_TEST(never_waits_for_a_message)
{
	int sock[2], passed;

	pair(SOCK_SEQPACKET, sock);
	ck_assert_int_eq(io_recv_fd(sock[1], got, 16, 0, &passed), -1);
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
	ck_assert_int_eq(io_recv_fd(sock[1], got, 16, 0, &passed), 0);
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
	ck_assert_int_eq(io_recv_fd(sock[1], got, 5, 0, &passed), -1);
	ck_assert_int_eq(errno, EMSGSIZE);
	ck_assert_int_eq(passed, -1);
	ck_assert_int_eq(count_open(), n);
}
END_TEST

/* Room for a part of it only. */
START_TEST(refuses_what_a_stream_took_a_part_of)
{
	int sock[2];

	pair(SOCK_STREAM, sock);
	ck_assert_int_eq(io_send_fd(sock[0], block, LARGE, -1), -1);
	ck_assert_int_eq(errno, EMSGSIZE);
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
		ck_assert_int_eq(io_recv_fd(sock[1], got, 16, 0, &passed), 1);
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
	ck_assert_int_eq(io_recv_fd(sock[1], got, 16, 0, &passed), 0);
	ck_assert_int_eq(passed, -1);
	ck_assert_int_eq(count_open(), n);
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
	ck_assert_int_eq(io_recv_fd(sock[1], got, 16, 0, &passed), 3);
	ck_assert_int_eq(passed, -1);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, passes_a_descriptor);
	tcase_add_test(tc, peeks_and_leaves_the_message);
	tcase_add_test(tc, passes_none_when_there_is_none);
	tcase_add_test(tc, never_waits_for_a_message);
	tcase_add_test(tc, never_waits_for_room);
	tcase_add_test(tc, tells_the_end_of_file);
	tcase_add_loop_test(tc, raises_no_sigpipe, 0, 2);
	tcase_add_test(tc, sends_no_empty_message);
	tcase_add_test(tc, refuses_a_message_that_is_too_long);
	tcase_add_test(tc, refuses_what_a_stream_took_a_part_of);
	tcase_add_test(tc, closes_descriptors_that_nobody_asked_for);
	tcase_add_test(tc, keeps_no_descriptor_of_an_empty_message);
	tcase_add_test(tc, takes_no_credentials_for_a_descriptor);
}

int
main(void)
{
	return runner_main("base/io_pass", add);
}
