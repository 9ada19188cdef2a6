/* SPDX-License-Identifier: ISC */
/* What programs write to their standard error, as the log shows it. */
#include "config.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "logger/fake_main.h"
#include "logger/lines.h"

START_TEST(each_line_of_a_program_is_an_event_of_its_own)
{
	int sock, fd;

	start();
	sock = give_stderrs("git");
	fd = give_stderr(sock, 17, 4242);
	say(fd, "hello world\n\ninfo end service=echo id=1 exit=0\n");
	say(fd, "\033]0;title\007 \"%n%s\" \303\251\nlast");
	close(fd);
	wait_for("msg=last\n");
	stop();
	ck_assert_uint_eq(each_line(NULL), 5);
	ck_assert_ptr_nonnull(strstr(seen,
	    "\ninfo stderr service=git id=17 pid=4242 msg=\"\"\n"));
	ck_assert_ptr_nonnull(strstr(seen, "pid=4242 msg=\"hello world\"\n"));
	ck_assert_ptr_nonnull(strstr(seen, "pid=4242 msg=\"\"\n"));
	ck_assert_ptr_nonnull(strstr(seen,
	    "msg=\"info end service=echo id=1 exit=0\"\n"));
}
END_TEST

static size_t nlong, nlongbytes;

static void
count_long(const struct logline_read *r)
{
	nlong++;
	nlongbytes += strlen(logline_value(r, "msg"));
}

START_TEST(a_long_line_becomes_several_events)
{
	static char text[100000];
	int sock, fd;

	start();
	sock = give_stderrs("git");
	fd = give_stderr(sock, 1, 2);
	memset(text, 'x', sizeof(text) - 1);
	say(fd, text);
	close(fd);
	wait_for("msg=");
	stop();
	each_line(count_long);
	ck_assert_uint_eq(nlongbytes, sizeof(text) - 1);
	ck_assert_uint_eq(nlong, sizeof(text) / LINES_LENGTH);
}
END_TEST

static size_t nshown, nlost;

static void
count_flood(const struct logline_read *r)
{
	ck_assert_str_eq(logline_value(r, "service"), "git");
	ck_assert_str_eq(logline_value(r, "id"), "1");
	if (strcmp(r->event, "stderr") == 0)
		nshown++;
	else if (strcmp(r->event, "lost") == 0)
		nlost += strtoul(logline_value(r, "lines"), NULL, 10);
}

START_TEST(a_flood_is_counted_and_holds_nobody_up)
{
	const size_t total = 200000;
	size_t i;
	int sock, fd;

	start();
	sock = give_stderrs("git");
	fd = give_stderr(sock, 1, 2);
	for (i = 0; i < total; i++) {
		say(fd, "flood\n");
		if (i % 100 == 0)
			read_ready(); /* the longer it takes, the more it is */
	}
	wait_for("warning lost "); /* while the program still runs */
	say(fd, "end\n");
	close(fd);
	stop();
	each_line(count_flood);
	ck_assert_uint_eq(nshown + nlost, total + 1);
	ck_assert_uint_ge(nshown, LINES_BURST);
	ck_assert_uint_lt(nshown, total / 2);
}
END_TEST

START_TEST(an_acceptor_cannot_hand_over_what_is_no_read_end)
{
	struct stderr_msg msg = { .id = 1, .pid = 2 };
	int sock, fd, zero, p[2], other;

	start();
	sock = give_stderrs("bad");
	zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	ck_assert_int_eq(pipe2(p, O_CLOEXEC), 0);
	ck_assert_int_eq(io_send_fd(sock, &msg, sizeof(msg), zero), 0);
	ck_assert_int_eq(io_send_fd(sock, &msg, sizeof(msg), p[1]), 0);
	ck_assert_int_eq(io_send_fd(sock, &msg, sizeof(msg), control), 0);
	ck_assert_int_eq(io_send_fd(sock, &msg, sizeof(msg), -1), 0);
	fd = give_stderr(sock, 3, 4);
	say(fd, "still good\n");
	wait_for("pid=4 msg=\"still good\"\n");
	ck_assert_int_eq(io_send_fd(sock, &msg, 1, p[0]), 0);
	wait_for("invalid message");
	other = give_stderrs("other");
	fd = give_stderr(other, 5, 6);
	say(fd, "others live\n");
	wait_for("service=other id=5 pid=6 msg=\"others live\"\n");
	stop();
	ck_assert_ptr_nonnull(strstr(seen, "cannot be read"));
	ck_assert_uint_le(each_line(NULL), 7);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, each_line_of_a_program_is_an_event_of_its_own);
	tcase_add_test(tc, a_long_line_becomes_several_events);
	tcase_add_test(tc, a_flood_is_counted_and_holds_nobody_up);
	tcase_add_test(tc, an_acceptor_cannot_hand_over_what_is_no_read_end);
}

int
main(int argc, char *argv[])
{
	return fake_main(argc, argv, "stderrs", add);
}
