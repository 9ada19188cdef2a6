/* SPDX-License-Identifier: ISC */
/* Settings, privileges, lives and deaths of the logger. */
#include "config.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "logger/fake_main.h"
#include "runner.h"

START_TEST(settings_take_effect_at_once)
{
	struct logger_msg msg = { .type = LOGGER_SETTINGS };
	struct scoreboard_slot slot = a_slot(1);
	int fd;

	start();
	fd = give_pipe("echo");
	send_event(fd, LEVEL_DEBUG, "start", "peer", "192.0.2.9");
	send_event(fd, LEVEL_INFO, "first", "peer", "192.0.2.9");
	wait_for("info first service=echo peer=192.0.2.9:0\n");
	msg.settings = plain_settings();
	msg.settings.level = LEVEL_NOTICE;
	msg.settings.peer = PEER_PREFIX;
	ck_assert_int_eq(io_send_fd(control, &msg, sizeof(msg), -1), 0);
	fd = give_pipe("echo"); /* read after what main said before */
	send_end(fd, &slot);
	send_event(fd, LEVEL_NOTICE, "second", "peer", "192.0.2.9");
	wait_for("notice second service=echo peer=192.0.2.0/24\n");
	msg.settings.level = LEVEL_DEBUG;
	msg.settings.format = FORMAT_JSON;
	msg.settings.peer = PEER_NONE;
	ck_assert_int_eq(io_send_fd(control, &msg, sizeof(msg), -1), 0);
	fd = give_pipe("echo");
	send_event(fd, LEVEL_DEBUG, "third", "peer", "192.0.2.9");
	stop();
	ck_assert_ptr_nonnull(strstr(seen,
	    "Z\",\"level\":\"debug\",\"event\":\"third\",\"service\":\"echo\","
	    "\"peer\":\"-\"}\n"));
	ck_assert_ptr_null(strstr(seen, " end "));
	ck_assert_ptr_null(strstr(seen, "start"));
}
END_TEST

START_TEST(strange_messages_from_main_do_no_harm)
{
	struct logger_msg msg;
	int fd, null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	start();
	memset(&msg, 0xff, sizeof(msg));
	ck_assert_int_eq(io_send_fd(control, &msg, sizeof(msg), null), 0);
	ck_assert_int_eq(io_send_fd(control, &msg, sizeof(msg), -1), 0);
	ck_assert_int_eq(io_send_fd(control, &msg, 3, null), 0);
	memset(&msg, 'a', sizeof(msg));
	msg.type = LOGGER_PIPE;
	ck_assert_int_eq(io_send_fd(control, &msg, sizeof(msg), -1), 0);
	ck_assert_int_eq(io_send_fd(control, &msg, sizeof(msg), null), 0);
	fd = give_pipe("echo");
	send_event(fd, LEVEL_INFO, "test", "msg", "alive");
	wait_for("msg=alive\n");
	stop();
}
END_TEST

START_TEST(a_stuck_reader_stops_the_logger_alone)
{
	struct scoreboard_slot slot;
	struct pollfd pfd = { .events = POLLOUT };
	uint64_t id = 0;
	char buf[256];
	int fd;

	start();
	fd = give_pipe("echo");
	ck_assert_int_eq(io_nonblock(fd, 1), 0);
	pfd.fd = fd;
	/* Until nothing moves for a while: all that there is, is full. */
	do {
		slot = a_slot(id);
		if (io_write(fd, buf, record_end(&slot, buf, sizeof(buf))) > 0)
			id++;
	} while (poll(&pfd, 1, 300) == 1);
	ck_assert_uint_gt(id, 500);
	tell(LOGGER_STOP, "", -1);
	finish();
	ck_assert_uint_eq(each_line(NULL), id);
}
END_TEST

START_TEST(a_standard_error_that_does_not_block_loses_nothing)
{
	struct scoreboard_slot slot;
	uint64_t id;
	int fd, status;
	pid_t writer;

	nonblocking = true;
	start();
	fd = give_pipe("echo");
	writer = fork();
	ck_assert_int_ne(writer, -1);
	if (writer == 0) {
		for (id = 0; id < 5000; id++) {
			slot = a_slot(id);
			send_end(fd, &slot);
		}
		_exit(0);
	}
	close(fd);
	usleep(100000); /* it runs into the full pipe */
	wait_for(" id=4999 ");
	ck_assert_int_eq(waitpid(writer, &status, 0), writer);
	ck_assert_int_eq(status, 0);
	stop();
	ck_assert_uint_eq(each_line(NULL), 5000);
}
END_TEST

START_TEST(signals_are_for_main)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGHUP, SIGPIPE,
		SIGUSR1, SIGQUIT };
	size_t i;
	int fd;

	start();
	fd = give_pipe("echo");
	send_event(fd, LEVEL_INFO, "test", "msg", "one");
	wait_for("msg=one\n");
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		ck_assert_int_eq(kill(logger, signals[i]), 0);
	send_event(fd, LEVEL_INFO, "test", "msg", "two");
	wait_for("msg=two\n");
	stop();
}
END_TEST

START_TEST(without_main_it_stays_until_every_pipe_is_at_its_end)
{
	int fd, sock, err;

	start();
	fd = give_pipe("echo");
	sock = give_stderrs("git");
	err = give_stderr(sock, 1, 2);
	close(control);
	send_event(fd, LEVEL_INFO, "test", "msg", "one");
	wait_for("msg=one\n");
	close(fd);
	close(sock);
	say(err, "two\n");
	wait_for("msg=two\n");
	close(err);
	finish();
}
END_TEST

START_TEST(main_has_the_last_word)
{
	struct scoreboard_slot slot = a_slot(1);
	int ours, theirs, i;

	start();
	ours = give_pipe("");
	theirs = give_pipe("echo");
	kill(logger, SIGSTOP); /* so that all of it is there at once */
	ck_assert_int_eq(waitpid(logger, NULL, WUNTRACED), logger);
	for (i = 0; i < 50; i++)
		send_end(theirs, &slot);
	send_event(ours, LEVEL_NOTICE, "stopped", "msg", "bye");
	tell(LOGGER_STOP, "", -1);
	kill(logger, SIGCONT);
	finish();
	ck_assert_uint_eq(each_line(NULL), 51);
	ck_assert_str_eq(got.event, "stopped");
}
END_TEST

/* A line of /proc/PID/status, without its name. */
static const char *
status_of(const char *name)
{
	static char line[256];
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)logger);
	ck_assert_ptr_nonnull(f = fopen(path, "re"));
	while (fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, name, strlen(name)) == 0)
			break;
	fclose(f);
	ck_assert_int_eq(strncmp(line, name, strlen(name)), 0);
	return line + strlen(name);
}

START_TEST(it_keeps_no_descriptor_and_no_right_of_main)
{
	struct log_settings settings = plain_settings();
	int fd, i, leak[20];

	for (i = 0; i < 20; i++)
		leak[i] = open("/dev/null", O_RDONLY);
	settings.uid = settings.gid = 65534;
	start_with(&settings);
	fd = give_pipe("echo");
	send_event(fd, LEVEL_INFO, "test", "msg", "ready");
	wait_for("msg=ready\n");
	/* 0 1 2, control, epoll, the service's epoll and the pipe */
	ck_assert_uint_eq(count_descriptors(), 7);
	ck_assert_str_eq(status_of("NoNewPrivs:"), "\t1\n");
	if (geteuid() == 0) {
		ck_assert_str_eq(status_of("Uid:"),
		    "\t65534\t65534\t65534\t65534\n");
		ck_assert_str_eq(status_of("Gid:"),
		    "\t65534\t65534\t65534\t65534\n");
		ck_assert_str_eq(status_of("Groups:"), "\t \n");
		ck_assert_str_eq(status_of("CapEff:"), "\t0000000000000000\n");
	}
	stop();
	for (i = 0; i < 20; i++)
		close(leak[i]);
}
END_TEST

START_TEST(descriptors_are_closed_when_their_pipes_end)
{
	struct scoreboard_slot slot = a_slot(1);
	int fd, main_side[2], i;

	start();
	for (i = 0; i < 20; i++) {
		/* main keeps the read end, as it does */
		ck_assert_int_eq(pipe2(main_side, O_CLOEXEC), 0);
		tell(LOGGER_PIPE, "echo", main_side[0]);
		send_end(main_side[1], &slot);
		close(main_side[1]);
	}
	fd = give_pipe("echo");
	do {
		send_event(fd, LEVEL_INFO, "test", "msg", "ready");
		read_some();
	} while (count_descriptors() > 7);
	stop();
}
END_TEST

START_TEST(a_pipe_that_there_is_no_room_for_is_said)
{
	const struct rlimit few = { 5, 5 };

	start();
	ck_assert_int_eq(prlimit(logger, RLIMIT_NOFILE, &few, NULL), 0);
	give_pipe("echo");
	wait_for("error log service=echo msg=\"its records cannot be read\" "
		 "error=\"Too many open files\"\n");
	stop();
}
END_TEST

START_TEST(auto_is_where_standard_error_leads)
{
	char stream[64];
	struct stat st;

	unsetenv("JOURNAL_STREAM");
	ck_assert_int_eq(logger_target(TARGET_AUTO, true), TARGET_STDERR);
	ck_assert_int_eq(logger_target(TARGET_AUTO, false), TARGET_SYSLOG);
	ck_assert_int_eq(fstat(STDERR_FILENO, &st), 0);
	snprintf(stream, sizeof(stream), "%ju:%ju", (uintmax_t)st.st_dev,
	    (uintmax_t)st.st_ino);
	setenv("JOURNAL_STREAM", stream, 1);
	ck_assert_int_eq(logger_target(TARGET_AUTO, true), TARGET_JOURNAL);
	ck_assert_int_eq(logger_target(TARGET_AUTO, false), TARGET_SYSLOG);
	ck_assert_int_eq(logger_target(TARGET_STDERR, true), TARGET_STDERR);
	snprintf(stream, sizeof(stream), "%ju:%ju", (uintmax_t)st.st_dev,
	    (uintmax_t)st.st_ino + 1);
	setenv("JOURNAL_STREAM", stream, 1); /* somebody else's */
	ck_assert_int_eq(logger_target(TARGET_AUTO, true), TARGET_STDERR);
}
END_TEST

static void
add(TCase *tc)
{
	const char *hidden = descriptors_hidden();

	tcase_add_test(tc, auto_is_where_standard_error_leads);
	tcase_add_test(tc, settings_take_effect_at_once);
	tcase_add_test(tc, strange_messages_from_main_do_no_harm);
	tcase_add_test(tc, a_stuck_reader_stops_the_logger_alone);
	tcase_add_test(tc, a_standard_error_that_does_not_block_loses_nothing);
	tcase_add_test(tc, signals_are_for_main);
	tcase_add_test(tc,
	    without_main_it_stays_until_every_pipe_is_at_its_end);
	tcase_add_test(tc, main_has_the_last_word);
	tcase_add_test(tc, a_pipe_that_there_is_no_room_for_is_said);
	runner_add(tc, hidden, it_keeps_no_descriptor_and_no_right_of_main);
	runner_add(tc, hidden, descriptors_are_closed_when_their_pipes_end);
}

int
main(int argc, char *argv[])
{
	return fake_main(argc, argv, "logger", add);
}
