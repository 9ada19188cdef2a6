/* SPDX-License-Identifier: ISC */
/*
 * No program dies because nobody can read its standard error any more: read
 * ends outlive the logger, and there may be more of them than it can have.
 */
#include "config.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "logger/fake_main.h"

#define ENDS 10

static int sock[2]; /* what main has of a service's socket */
static int ends[ENDS + 1];

/* A logger, and n programs' standard errors, 1 to n. */
static void
begin(int n, uint32_t kept, uint32_t queue, uint32_t few)
{
	int i;

	limits = (struct stderr_limits) { kept, queue, few };
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sock), 0);
	start();
	tell(LOGGER_STDERRS, "git", sock[0]);
	for (i = 1; i <= n; i++)
		ends[i] = give_stderr(sock[1], (uint64_t)i, 100 + i);
}

static const char *
line_of(int i, const char *text)
{
	static char line[128];

	snprintf(line, sizeof(line),
	    "info stderr service=git id=%d pid=%d msg=%s\n", i, 100 + i, text);
	return line;
}

static void
say_line(int i, const char *text)
{
	char line[64];

	snprintf(line, sizeof(line), "%s\n", text);
	say(ends[i], line);
}

/* Each of these says it, and is heard, once. */
static void
all_are_heard(int from, int to, const char *text)
{
	const char *line;
	int i;

	for (i = from; i <= to; i++)
		say_line(i, text);
	for (i = from; i <= to; i++) {
		line = line_of(i, text);
		wait_for(line);
		ck_assert_ptr_null(strstr(strstr(seen, line) + 1, line));
	}
}

/* Main is to keep the end with that number, and does. */
static int
kept(int i)
{
	struct logger_report r;
	struct stat a, b;
	int fd = hear(&r);

	ck_assert_uint_eq(r.type, LOGGER_KEEP);
	ck_assert_str_eq(r.service, "git");
	ck_assert_uint_eq(r.which.id, (uint64_t)i);
	ck_assert_int_eq(r.which.pid, 100 + i);
	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(fstat(fd, &a), 0);
	ck_assert_int_eq(fstat(ends[i], &b), 0);
	ck_assert_uint_eq(a.st_ino, b.st_ino);
	return fd;
}

static void
dropped(int i)
{
	struct logger_report r;

	ck_assert_int_eq(hear(&r), -1);
	ck_assert_uint_eq(r.type, LOGGER_DROP);
	ck_assert_str_eq(r.service, "git");
	ck_assert_uint_eq(r.which.id, (uint64_t)i);
	ck_assert_int_eq(r.which.pid, 100 + i);
}

START_TEST(the_next_logger_finds_them_in_the_queue)
{
	int i;

	begin(4, 8, 16, 8);
	all_are_heard(1, 4, "one");
	kill_logger();
	for (i = 1; i <= 4; i++)
		say_line(i, "between"); /* without a SIGPIPE */
	start();
	tell(LOGGER_STDERRS, "git", sock[0]);
	for (i = 1; i <= 4; i++)
		wait_for(line_of(i, "between"));
	all_are_heard(1, 4, "two");
	close(ends[2]);
	close(ends[4]);
	ends[5] = give_stderr(sock[1], 5, 105);
	all_are_heard(5, 5, "new");
	ck_assert(nothing_to_hear());
	stop();
}
END_TEST

START_TEST(main_keeps_what_leaves_the_queue)
{
	begin(7, 8, 16, 4);
	kept(1);
	kept(2);
	kept(3);
	all_are_heard(1, 7, "one");
	close(ends[6]); /* it waits for its turn in the queue */
	close(ends[2]);
	dropped(2);
	ck_assert(nothing_to_hear());
	stop();
}
END_TEST

START_TEST(what_main_keeps_it_hands_to_the_next_logger)
{
	int fd[3];

	begin(6, 8, 16, 4);
	fd[1] = kept(1);
	fd[2] = kept(2);
	kill_logger();
	start();
	give_back("git", 1, 101, fd[1]);
	give_back("git", 2, 102, fd[2]);
	tell(LOGGER_STDERRS, "git", sock[0]);
	all_are_heard(1, 6, "two");
	close(ends[1]);
	dropped(1);
	ck_assert(nothing_to_hear());
	stop();
}
END_TEST

START_TEST(one_that_is_kept_and_in_the_queue_is_read_once)
{
	struct stderr_msg msg = { .id = 1, .pid = 101 };
	struct logger_report r;
	int p[2], copy, i;

	limits = (struct stderr_limits) { 8, 16, 4 };
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sock), 0);
	ck_assert_int_eq(pipe(p), 0);
	copy = dup(p[0]);
	ck_assert_int_ne(copy, -1);
	ck_assert_int_eq(io_send_fd(sock[1], &msg, sizeof(msg), p[0]), 0);
	close(p[0]);
	start();
	give_back("git", 1, 101, copy);
	close(copy);
	tell(LOGGER_STDERRS, "git", sock[0]);
	ends[1] = p[1];
	wait_until_heard();
	for (i = 0; i < 100; i++)
		say_line(1, "twice would tear it");
	close(ends[1]);
	ck_assert_int_eq(hear(&r), -1);
	ck_assert_uint_eq(r.type, LOGGER_DROP);
	stop();
	ck_assert_uint_eq(each_line(NULL), 101);
}
END_TEST

START_TEST(above_the_most_they_stay_in_the_queue)
{
	begin(ENDS, 2, 16, 1);
	kept(1);
	kept(2);
	all_are_heard(1, ENDS, "one");
	ck_assert(nothing_to_hear());
	ck_assert_ptr_nonnull(strstr(seen, "warning log service=git "));
	ck_assert_ptr_nonnull(strstr(seen, "keep 2 standard errors open"));
	close(ends[1]);
	dropped(1);
	kept(3);
	close(ends[5]);
	close(ends[4]);
	ck_assert(nothing_to_hear());
	stop();
}
END_TEST

START_TEST(above_the_queue_s_most_they_wait_unread)
{
	int i;

	begin(ENDS, 1, 3, 1);
	kept(1);
	all_are_heard(1, 4, "one");
	for (i = 5; i <= ENDS; i++)
		say_line(i, "one"); /* somebody will read it */
	wait_until_heard();
	ck_assert_ptr_null(strstr(seen, "id=5 "));
	for (i = 1; i <= 4; i++)
		close(ends[i]);
	wait_for(line_of(8, "one"));
	for (i = 5; i < ENDS; i++)
		close(ends[i]);
	wait_for(line_of(ENDS, "one"));
	stop();
}
END_TEST

START_TEST(without_descriptors_they_wait_in_the_queue)
{
	const struct rlimit few = { 12, 12 };
	int i;

	limits = (struct stderr_limits) { 100, 100, 50 };
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sock), 0);
	for (i = 1; i <= ENDS; i++)
		ends[i] = give_stderr(sock[1], (uint64_t)i, 100 + i);
	start();
	ck_assert_int_eq(prlimit(logger, RLIMIT_NOFILE, &few, NULL), 0);
	tell(LOGGER_STDERRS, "git", sock[0]);
	for (i = 1; i <= ENDS; i++)
		say_line(i, "one");
	wait_for(line_of(1, "one"));
	poll(NULL, 0, 500); /* it has tried again a few times */
	read_ready();
	ck_assert_ptr_null(strstr(seen, line_of(ENDS, "one")));
	for (i = 1; i <= ENDS; i++)
		say_line(i, "two"); /* without a SIGPIPE */
	for (i = 1; i <= ENDS; i++) {
		wait_for(line_of(i, "two"));
		close(ends[i]);
	}
	stop();
}
END_TEST

START_TEST(without_main_it_goes_on_until_all_have_ended)
{
	int i;

	begin(ENDS, 2, 16, 1);
	kept(1);
	kept(2);
	close(sock[0]);
	close(control);
	all_are_heard(1, ENDS, "one");
	close(sock[1]);
	all_are_heard(1, ENDS, "two");
	for (i = 1; i <= ENDS; i++)
		close(ends[i]);
	finish();
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, the_next_logger_finds_them_in_the_queue);
	tcase_add_test(tc, main_keeps_what_leaves_the_queue);
	tcase_add_test(tc, what_main_keeps_it_hands_to_the_next_logger);
	tcase_add_test(tc, one_that_is_kept_and_in_the_queue_is_read_once);
	tcase_add_test(tc, above_the_most_they_stay_in_the_queue);
	tcase_add_test(tc, above_the_queue_s_most_they_wait_unread);
	tcase_add_test(tc, without_descriptors_they_wait_in_the_queue);
	tcase_add_test(tc, without_main_it_goes_on_until_all_have_ended);
}

int
main(int argc, char *argv[])
{
	return fake_main(argc, argv, "kept_open", add);
}
