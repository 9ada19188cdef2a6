/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>

#include <bsd/stdlib.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "ipc/control.h"
#include "runner.h"

static int ours, theirs;
static struct control msg;

static void
setup(void)
{
	int sv[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
			     sv),
	    0);
	ours = sv[0];
	theirs = sv[1];
}

static void
teardown(void)
{
	close(ours);
	close(theirs);
}

START_TEST(says_each_message_as_it_was_said)
{
	int type;

	for (type = 1; type < CONTROL_TYPES; type++)
		ck_assert_int_eq(control_send(theirs, type, -type, "why"), 0);
	for (type = 1; type < CONTROL_TYPES; type++) {
		ck_assert_int_eq(control_receive(ours, &msg), 1);
		ck_assert_uint_eq(msg.type, type);
		ck_assert_int_eq(msg.arg, -type);
		ck_assert_str_eq(msg.text, "why");
	}
}
END_TEST

START_TEST(has_no_text_where_none_was_given)
{
	ck_assert_int_eq(control_send(ours, CONTROL_DRAIN, 0, NULL), 0);
	ck_assert_int_eq(control_receive(theirs, &msg), 1);
	ck_assert_str_eq(msg.text, "");
}
END_TEST

START_TEST(cuts_a_long_text)
{
	char text[1000];

	memset(text, 'x', sizeof(text));
	text[999] = '\0';
	ck_assert_int_eq(control_send(ours, CONTROL_FAILED, 1, text), 0);
	ck_assert_int_eq(control_receive(theirs, &msg), 1);
	ck_assert_uint_eq(strlen(msg.text), CONTROL_TEXT_MAX - 1);
}
END_TEST

START_TEST(says_when_there_is_none)
{
	ck_assert_int_eq(control_receive(ours, &msg), -1);
	ck_assert_int_eq(errno, EAGAIN);
}
END_TEST

START_TEST(gives_what_was_said_before_the_end)
{
	ck_assert_int_eq(control_send(theirs, CONTROL_READY, 0, NULL), 0);
	close(theirs);
	ck_assert_int_eq(control_receive(ours, &msg), 1);
	ck_assert_int_eq(control_receive(ours, &msg), 0);
	ck_assert_int_eq(control_receive(ours, &msg), 0);
}
END_TEST

/* A reset: the other side ended without having read what we said. */
START_TEST(takes_a_reset_for_the_end)
{
	int i, got = -1;

	ck_assert_int_eq(control_send(ours, CONTROL_DRAIN, 0, NULL), 0);
	close(theirs);
	for (i = 0; i < 2; i++)
		got = control_receive(ours, &msg);
	ck_assert_int_eq(got, 0);
}
END_TEST

START_TEST(never_waits_and_never_raises_a_signal)
{
	int n;

	for (n = 0; control_send(ours, CONTROL_WAKE, n, NULL) == 0; n++)
		ck_assert_int_lt(n, 1000000);
	ck_assert_int_eq(errno, EAGAIN);
	ck_assert_int_gt(n, 0);
	close(theirs);
	ck_assert_int_eq(control_send(ours, CONTROL_WAKE, 0, NULL), -1);
	ck_assert(errno == EPIPE || errno == ECONNRESET);
	ck_assert_int_eq(control_send(ours, CONTROL_WAKE, 0, NULL), -1);
	ck_assert_int_eq(errno, EPIPE);
}
END_TEST

static void
is_no_message(const void *bytes, size_t size)
{
	ck_assert_int_eq(send(theirs, bytes, size, 0), size);
	ck_assert_int_eq(control_receive(ours, &msg), -1);
	ck_assert_int_eq(errno, EBADMSG);
	/* The next one is good again. */
	ck_assert_int_eq(control_send(theirs, CONTROL_READY, 0, NULL), 0);
	ck_assert_int_eq(control_receive(ours, &msg), 1);
}

START_TEST(refuses_what_is_no_message)
{
	struct {
		struct control msg;
		char more[1000];
	} big = { .msg = { .type = CONTROL_READY } };

	is_no_message(&big, sizeof(big));
	is_no_message(&big, sizeof(big.msg) + 1);
	is_no_message(&big, sizeof(big.msg) - 1);
	is_no_message(&big, 1);
	big.msg.type = 0;
	is_no_message(&big, sizeof(big.msg));
	big.msg.type = CONTROL_TYPES;
	is_no_message(&big, sizeof(big.msg));
	big.msg.type = UINT32_MAX;
	is_no_message(&big, sizeof(big.msg));
}
END_TEST

START_TEST(ends_every_text)
{
	struct control evil = { .type = CONTROL_FAILED };

	memset(evil.text, 'A', sizeof(evil.text));
	memset(&msg, 0xff, sizeof(msg));
	ck_assert_int_eq(send(theirs, &evil, sizeof(evil), 0), sizeof(evil));
	ck_assert_int_eq(control_receive(ours, &msg), 1);
	ck_assert_uint_eq(strlen(msg.text), CONTROL_TEXT_MAX - 1);
}
END_TEST

/* Nobody can fill main's descriptor table. */
START_TEST(keeps_no_descriptor_that_comes_along)
{
	struct control evil = { .type = CONTROL_READY };
	int i, before = dup(0), after;

	close(before);
	for (i = 0; i < 50; i++) {
		ck_assert_int_eq(io_send_fd(theirs, &evil, sizeof(evil), 0), 0);
		ck_assert_int_eq(control_receive(ours, &msg), 1);
	}
	after = dup(0);
	ck_assert_int_eq(after, before);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, says_each_message_as_it_was_said);
	tcase_add_test(tc, has_no_text_where_none_was_given);
	tcase_add_test(tc, cuts_a_long_text);
	tcase_add_test(tc, says_when_there_is_none);
	tcase_add_test(tc, gives_what_was_said_before_the_end);
	tcase_add_test(tc, takes_a_reset_for_the_end);
	tcase_add_test(tc, never_waits_and_never_raises_a_signal);
	tcase_add_test(tc, refuses_what_is_no_message);
	tcase_add_test(tc, ends_every_text);
	tcase_add_test(tc, keeps_no_descriptor_that_comes_along);
}

int
main(void)
{
	return runner_main("control", add);
}
