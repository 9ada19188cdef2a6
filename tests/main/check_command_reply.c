/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ipc/command.h"
#include "main/command_reply.h"
#include "runner.h"

static int ours, theirs;
static char text[1 << 20];
static size_t len;
static struct command_answer end;

static void
setup(void)
{
	int sv[2];

	ck_assert_int_eq(socketpair(AF_UNIX,
			     SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0,
			     sv),
	    0);
	ours = sv[0];
	theirs = sv[1];
	len = 0;
	memset(&end, 0, sizeof(end));
}

static void
teardown(void)
{
	close(ours);
	close(theirs);
}

/* Receives the packets that were sent: how many. */
static int
take(void)
{
	char packet[COMMAND_PACKET_MAX + 1];
	struct command_answer head;
	ssize_t n;
	int count = 0;

	while ((n = recv(theirs, packet, sizeof(packet), 0)) > 0) {
		ck_assert_int_ge(n, (ssize_t)sizeof(head));
		ck_assert_int_le(n, COMMAND_PACKET_MAX);
		ck_assert_uint_eq(end.type, 0); /* it is the last one */
		memcpy(&head, packet, sizeof(head));
		if (head.type == COMMAND_END)
			end = head;
		else
			ck_assert_uint_eq(head.type, COMMAND_TEXT);
		memcpy(text + len, packet + sizeof(head),
		    (size_t)n - sizeof(head));
		len += (size_t)n - sizeof(head);
		count++;
	}
	text[len] = '\0';
	return count;
}

START_TEST(sends_lines_then_the_exit_status)
{
	struct command_reply *r = command_reply_new("a\nb\n", 78, "refused");
	size_t sent = 0;

	ck_assert_int_eq(command_reply_send(ours, r, &sent), 1);
	ck_assert_int_eq(take(), 2);
	ck_assert_str_eq(text, "a\nb\nrefused");
	ck_assert_int_eq(end.code, 78);
	command_reply_leave(r);
}
END_TEST

START_TEST(sends_no_text_where_there_is_none)
{
	struct command_reply *r = command_reply_new("", 0, "");
	size_t sent = 0;

	ck_assert_int_eq(command_reply_send(ours, r, &sent), 1);
	ck_assert_int_eq(take(), 1);
	ck_assert_str_eq(text, "");
	ck_assert_uint_eq(end.type, COMMAND_END);
	command_reply_leave(r);
}
END_TEST

/* 20,000 lines do not fit into a socket's buffer: sending goes on from
 * where it was, once there is room. */
START_TEST(waits_for_room)
{
	char *lines = malloc(20000 * 20 + 1), *p = lines;
	struct command_reply *r;
	size_t sent = 0;
	int i, turns, result;

	ck_assert_ptr_nonnull(lines);
	for (i = 0; i < 20000; i++)
		p += sprintf(p, "line number %06d\n", i);
	r = command_reply_new(lines, 0, "");
	for (turns = 0; turns < 1000; turns++) {
		while ((result = command_reply_send(ours, r, &sent)) == 0)
			if (take() == 0)
				break;
		ck_assert_int_ne(result, -1);
		if (result == 1)
			break;
	}
	take();
	ck_assert_uint_eq(len, strlen(lines));
	ck_assert_int_eq(memcmp(text, lines, len), 0);
	ck_assert_uint_eq(end.type, COMMAND_END);
	command_reply_leave(r);
	free(lines);
}
END_TEST

START_TEST(cuts_only_lines_that_are_longer_than_a_packet)
{
	char lines[3 * COMMAND_PACKET_MAX];
	struct command_reply *r;
	size_t sent = 0;

	memset(lines, 'x', sizeof(lines));
	lines[10] = '\n';
	lines[sizeof(lines) - 2] = '\n';
	lines[sizeof(lines) - 1] = '\0';
	r = command_reply_new(lines, 0, "");
	ck_assert_int_eq(command_reply_send(ours, r, &sent), 1);
	take();
	ck_assert_str_eq(text, lines);
	command_reply_leave(r);
}
END_TEST

START_TEST(is_shared_until_the_last_one_leaves)
{
	struct command_reply *r = command_reply_new("a\n", 3, "b");
	size_t sent = 0;

	command_reply_use(r);
	command_reply_leave(r);
	ck_assert_int_eq(command_reply_send(ours, r, &sent), 1);
	take();
	ck_assert_str_eq(text, "a\nb");
	command_reply_leave(r);
}
END_TEST

START_TEST(notices_that_nobody_is_there)
{
	struct command_reply *r = command_reply_new("a\n", 0, "");
	size_t sent = 0;

	close(theirs);
	ck_assert_int_eq(command_reply_send(ours, r, &sent), -1);
	ck_assert_int_eq(errno, EPIPE);
	ck_assert_int_eq(command_reply_end(ours, 0, "b"), -1);
	command_reply_leave(r);
	theirs = open("/dev/null", O_RDONLY | O_CLOEXEC);
}
END_TEST

static void
add(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, sends_lines_then_the_exit_status);
	tcase_add_test(tcase, sends_no_text_where_there_is_none);
	tcase_add_test(tcase, waits_for_room);
	tcase_add_test(tcase, cuts_only_lines_that_are_longer_than_a_packet);
	tcase_add_test(tcase, is_shared_until_the_last_one_leaves);
	tcase_add_test(tcase, notices_that_nobody_is_there);
}

int
main(void)
{
	return runner_main("command_reply", add);
}
