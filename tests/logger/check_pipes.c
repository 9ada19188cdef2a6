/* SPDX-License-Identifier: ISC */
/* Records on their way through the logger. */
#include "config.h"

#include <sys/socket.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bsd/string.h>

#include "base/io.h"
#include "logger/fake_main.h"
#include "runner.h"

START_TEST(main_is_believed_and_an_acceptor_is_not)
{
	int ours, theirs;

	start();
	ours = give_pipe("");
	theirs = give_pipe("echo");
	send_event(ours, LEVEL_NOTICE, "reloaded", "service", "git");
	send_event(theirs, LEVEL_NOTICE, "refused", "service", "git");
	send_event(theirs, LEVEL_NOTICE, "refused", "msg",
	    "x\nerror end service=git %n");
	stop();
	ck_assert_ptr_nonnull(strstr(seen,
	    "notice reloaded service=main service=git\n"));
	ck_assert_ptr_nonnull(strstr(seen, "notice refused service=echo\n"));
	ck_assert_ptr_nonnull(strstr(seen,
	    "notice refused service=echo "
	    "msg=\"x\\nerror end service=git %n\"\n"));
	ck_assert_uint_eq(each_line(NULL), 3);
}
END_TEST

START_TEST(the_end_of_a_session_becomes_a_line)
{
	struct scoreboard_slot slot = a_slot(17);
	int fd;

	start();
	fd = give_pipe("echo");
	send_end(fd, &slot);
	stop();
	ck_assert_str_eq(seen,
	    "info end service=echo id=17 proto=tcp peer=192.0.2.77:5555 "
	    "local=192.0.2.1:7 pid=42 in=0 out=0 ms=3 exit=0\n");
}
END_TEST

START_TEST(listeners_are_named_for_the_newest_pipe_of_their_service)
{
	struct logger_msg msg = { .type = LOGGER_LISTENER, .index = 3 };
	struct scoreboard_slot slot = a_slot(1);
	int first, second;

	memset(&slot.peer, 0, sizeof(slot.peer));
	slot.peer.family = AF_UNIX;
	slot.local = slot.peer;
	start();
	strlcpy(msg.listener, "unix:/run/lost", sizeof(msg.listener));
	ck_assert_int_eq(io_send_fd(control, &msg, sizeof(msg), -1), 0);
	first = give_pipe("first");
	second = give_pipe("second");
	strlcpy(msg.service, "second", sizeof(msg.service));
	strlcpy(msg.listener, "unix:/run/wrong", sizeof(msg.listener));
	ck_assert_int_eq(io_send_fd(control, &msg, sizeof(msg), -1), 0);
	strlcpy(msg.listener, "unix:@right", sizeof(msg.listener));
	ck_assert_int_eq(io_send_fd(control, &msg, sizeof(msg), -1), 0);
	msg.index = UINT32_MAX;
	ck_assert_int_eq(io_send_fd(control, &msg, sizeof(msg), -1), 0);
	slot.local.port = 3;
	send_end(first, &slot);
	send_end(second, &slot);
	slot.local.port = 2;
	send_end(second, &slot);
	slot.local.port = 65535;
	send_end(second, &slot);
	stop();
	ck_assert_ptr_nonnull(strstr(seen,
	    "service=first id=1 proto=unix peer=uid:0,gid:0,pid:0 "
	    "local=unix pid"));
	ck_assert_ptr_nonnull(strstr(seen, "local=unix:@right pid"));
	ck_assert_ptr_null(strstr(seen, "wrong"));
	ck_assert_uint_eq(each_line(NULL), 4);
}
END_TEST

START_TEST(a_pipe_that_comes_again_is_read_once)
{
	struct scoreboard_slot slot = a_slot(1);
	int fd[2], sv[2], i;

	start();
	ck_assert_int_eq(pipe2(fd, O_CLOEXEC), 0);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sv), 0);
	for (i = 0; i < 50; i++) {
		tell(LOGGER_PIPE, "echo", fd[0]);
		tell(LOGGER_STDERRS, "echo", sv[0]);
		wait_until_heard();
		send_end(fd[1], &slot);
	}
	/* 0 1 2, control, epoll, the service's, the pipe and the socket */
	while (count_descriptors() > 8)
		continue;
	stop();
	ck_assert_uint_eq(each_line(NULL), 100);
}
END_TEST

START_TEST(a_record_in_two_pieces_is_one)
{
	struct scoreboard_slot slot = a_slot(1);
	char buf[256];
	size_t n = record_end(&slot, buf, sizeof(buf)), cut;
	int fd, other;

	start();
	fd = give_pipe("echo");
	other = give_pipe("other");
	for (cut = 1; cut < n; cut++) {
		char mark[32];

		ck_assert_int_eq(io_write_all(fd, buf, cut), 0);
		snprintf(mark, sizeof(mark), "mark-%zu-", cut);
		send_event(other, LEVEL_INFO, "test", "msg", mark);
		wait_for(mark);
		ck_assert_int_eq(io_write_all(fd, buf + cut, n - cut), 0);
	}
	stop();
	ck_assert_uint_eq(each_line(NULL), 2 * (n - 1));
}
END_TEST

START_TEST(ten_thousand_records_are_ten_thousand_lines)
{
	struct scoreboard_slot slot;
	uint64_t id;
	int fd, status;
	pid_t writer;

	start();
	fd = give_pipe("echo");
	writer = fork();
	ck_assert_int_ne(writer, -1);
	if (writer == 0) {
		for (id = 0; id < 10000; id++) {
			slot = a_slot(id);
			send_end(fd, &slot);
		}
		_exit(0);
	}
	close(fd);
	wait_for(" id=9999 ");
	ck_assert_int_eq(waitpid(writer, &status, 0), writer);
	ck_assert_int_eq(status, 0);
	stop();
	ck_assert_uint_eq(each_line(NULL), 10000);
}
END_TEST

START_TEST(a_pipe_of_garbage_is_given_up_and_the_others_go_on)
{
	static char garbage[2 * RECORD_MAX];
	struct record_head head = {
		.magic = RECORD_MAGIC, .size = 3, .kind = RECORD_EVENT
	};
	struct scoreboard_slot slot = a_slot(1);
	const struct addr none = { .family = AF_UNSPEC };
	int good, noise, bad, nonsense;

	start();
	good = give_pipe("good");
	noise = give_pipe("noise");
	bad = give_pipe("bad");
	nonsense = give_pipe("nonsense");
	memset(garbage, 'x', sizeof(garbage));
	ck_assert_int_eq(io_write_all(noise, garbage, sizeof(garbage)), 0);
	send_end(bad, &slot);
	ck_assert_int_eq(io_write_all(bad, &head, sizeof(head)), 0);
	send_end(nonsense, &slot);
	/* a key that is none, and no NUL at the end */
	head.size = sizeof(head) + sizeof(none) + 8;
	ck_assert_int_eq(io_write_all(nonsense, &head, sizeof(head)), 0);
	ck_assert_int_eq(io_write_all(nonsense, &none, sizeof(none)), 0);
	ck_assert_int_eq(io_write_all(nonsense, "a\0B C\0d\n", 8), 0);
	wait_for("error log service=noise ");
	wait_for("error log service=bad ");
	wait_for("error log service=nonsense ");
	send_end(good, &slot);
	stop();
	ck_assert_ptr_nonnull(strstr(seen, "info end service=good "));
	ck_assert_ptr_nonnull(strstr(seen, "info end service=bad "));
	ck_assert_uint_eq(each_line(NULL), 6);
}
END_TEST

START_TEST(a_new_logger_finds_the_next_record)
{
	struct scoreboard_slot slot = a_slot(5);
	char buf[256];
	size_t n = record_end(&slot, buf, sizeof(buf)), cut;
	int fd;

	for (cut = 1; cut < n; cut += 7) {
		start();
		fd = give_pipe("echo");
		ck_assert_int_eq(io_write_all(fd, buf + cut, n - cut), 0);
		slot.id = 6;
		send_end(fd, &slot);
		send_event(fd, LEVEL_INFO, "test", "msg", "after");
		stop();
		ck_assert_uint_eq(each_line(NULL), 2);
		ck_assert_ptr_nonnull(strstr(seen, "id=6 "));
		ck_assert_ptr_nonnull(strstr(seen, "msg=after\n"));
		close(fd);
		close(control);
		close(output);
	}
}
END_TEST

START_TEST(two_loggers_after_each_other_read_one_pipe)
{
	struct scoreboard_slot slot = a_slot(1);
	int fd[2], status;

	ck_assert_int_eq(pipe2(fd, O_CLOEXEC), 0);
	start();
	tell(LOGGER_PIPE, "echo", fd[0]);
	send_end(fd[1], &slot);
	wait_for("id=1 ");
	kill(logger, SIGKILL);
	ck_assert_int_eq(waitpid(logger, &status, 0), logger);
	slot.id = 2;
	send_end(fd[1], &slot);
	start();
	tell(LOGGER_PIPE, "echo", fd[0]);
	wait_for("id=2 ");
	stop();
	ck_assert_uint_eq(each_line(NULL), 1);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, main_is_believed_and_an_acceptor_is_not);
	tcase_add_test(tc, the_end_of_a_session_becomes_a_line);
	tcase_add_test(tc,
	    listeners_are_named_for_the_newest_pipe_of_their_service);
	runner_add(tc, descriptors_hidden(),
	    a_pipe_that_comes_again_is_read_once);
	tcase_add_test(tc, a_record_in_two_pieces_is_one);
	tcase_add_test(tc, ten_thousand_records_are_ten_thousand_lines);
	tcase_add_test(tc, a_pipe_of_garbage_is_given_up_and_the_others_go_on);
	tcase_add_test(tc, a_new_logger_finds_the_next_record);
	tcase_add_test(tc, two_loggers_after_each_other_read_one_pipe);
}

int
main(int argc, char *argv[])
{
	return fake_main(argc, argv, "pipes", add);
}
