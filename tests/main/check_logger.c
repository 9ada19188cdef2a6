/* SPDX-License-Identifier: ISC */
/*
 * The logger as main runs it: a process on a socketpair, its standard error a
 * pipe that the test reads.
 */
#include "config.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bsd/stdlib.h>
#include <bsd/string.h>
#include <bsd/unistd.h>

#include "base/io.h"
#include "main/lines.h"
#include "main/logger.h"
#include "main/loglines.h"
#include "runner.h"

#define OUTPUT_MAX (8u << 20)

static pid_t logger;
static int control, output;
static bool nonblocking; /* the logger's standard error is */
static char seen[OUTPUT_MAX];
static size_t nseen;
static struct logline_read got;

static struct log_settings
plain_settings(void)
{
	return (struct log_settings) { .target = TARGET_STDERR,
		.format = FORMAT_TEXT,
		.level = LEVEL_INFO,
		.peer = PEER_FULL,
		.uid = (uint32_t)-1,
		.gid = (uint32_t)-1 };
}

static void
start_with(const struct log_settings *settings)
{
	int sv[2], out[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
			     sv),
	    0);
	ck_assert_int_eq(pipe2(out, O_CLOEXEC), 0);
	if (nonblocking)
		ck_assert_int_eq(io_nonblock(out[1], 1), 0);
	nseen = 0;
	logger = fork();
	ck_assert_int_ne(logger, -1);
	if (logger == 0) {
		dup2(out[1], STDERR_FILENO);
		logger_run(sv[1], settings);
	}
	close(sv[1]);
	close(out[1]);
	control = sv[0];
	output = out[0];
}

static void
start(void)
{
	struct log_settings settings = plain_settings();

	start_with(&settings);
}

static void
tell(enum logger_type type, const char *service, int fd)
{
	struct logger_msg msg = { .type = type };

	strlcpy(msg.service, service, sizeof(msg.service));
	ck_assert_int_eq(io_send_fd(control, &msg, sizeof(msg), fd), 0);
}

/* Hands a pipe's read end over; the write end. */
static int
give_pipe(const char *service)
{
	int fd[2];

	ck_assert_int_eq(pipe2(fd, O_CLOEXEC), 0);
	tell(LOGGER_PIPE, service, fd[0]);
	close(fd[0]);
	return fd[1];
}

/* The acceptor's end of a socket for programs' standard errors. */
static int
give_stderrs(const char *service)
{
	int sv[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
			     sv),
	    0);
	tell(LOGGER_STDERRS, service, sv[0]);
	close(sv[0]);
	return sv[1];
}

/* What an acceptor does for a session; the program's standard error. */
static int
give_stderr(int sock, uint64_t id, int32_t pid)
{
	struct stderr_msg msg = { .id = id, .pid = pid };
	int fd[2];

	ck_assert_int_eq(pipe2(fd, O_CLOEXEC), 0);
	ck_assert_int_eq(io_send_fd(sock, &msg, sizeof(msg), fd[0]), 0);
	close(fd[0]);
	return fd[1];
}

static void
say(int fd, const char *text)
{
	ck_assert_int_eq(io_write_all(fd, text, strlen(text)), 0);
}

static void
send_event(int fd, enum level level, const char *event, const char *key,
    const char *value)
{
	struct record r;

	record_begin(&r, level, event);
	record_str(&r, "service", "main");
	record_str(&r, key, value);
	ck_assert_int_eq(record_send(&r, fd), 0);
}

static struct board_slot
a_slot(uint64_t id)
{
	struct board_slot slot = { .id = id, .pid = 42, .until_ms = 3 };

	ck_assert_int_eq(addr_from_ip("192.0.2.77", &slot.peer), 0);
	ck_assert_int_eq(addr_from_ip("192.0.2.1", &slot.local), 0);
	slot.peer.port = 5555;
	slot.local.port = 7;
	return slot;
}

static void
send_end(int fd, const struct board_slot *slot)
{
	char buf[256];
	size_t n = record_end(slot, buf, sizeof(buf));

	ck_assert_int_eq(io_write_all(fd, buf, n), 0);
}

/* Reads some output; false at its end. */
static bool
read_some(void)
{
	ssize_t n;

	ck_assert_uint_lt(nseen, sizeof(seen) - 1);
	n = io_read(output, seen + nseen, sizeof(seen) - 1 - nseen);
	ck_assert_int_ge(n, 0);
	nseen += (size_t)n;
	seen[nseen] = '\0';
	return n > 0;
}

static void
wait_for(const char *text)
{
	while (strstr(seen, text) == NULL || nseen == 0)
		ck_assert_msg(read_some(), "no `%s` in: %s", text, seen);
}

/* Reads all that is left; the logger must end well. */
static void
finish(void)
{
	int status;

	while (read_some())
		continue;
	ck_assert_int_eq(waitpid(logger, &status, 0), logger);
	ck_assert_int_eq(status, 0);
}

static void
stop(void)
{
	tell(LOGGER_STOP, "", -1);
	finish();
}

/* Calls f for each line, each of which must be a good one; their number. */
static size_t
each_line(void (*f)(const struct logline_read *r))
{
	const char *p, *nl;
	size_t n = 0;

	for (p = seen; *p != '\0'; p = nl + 1, n++) {
		nl = strchr(p, '\n');
		ck_assert_ptr_nonnull(nl);
		ck_assert_msg(logline_read(p, (size_t)(nl - p) + 1, &got),
		    "a bad line: %.*s", (int)(nl - p), p);
		if (f != NULL)
			f(&got);
	}
	return n;
}

/* Records */

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
	struct board_slot slot = a_slot(17);
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

START_TEST(listeners_are_named_for_the_pipe_that_came_last)
{
	struct logger_msg msg = { .type = LOGGER_LISTENER, .index = 3 };
	struct board_slot slot = a_slot(1);
	int first, second;

	memset(&slot.peer, 0, sizeof(slot.peer));
	slot.peer.family = AF_UNIX;
	slot.local = slot.peer;
	start();
	strlcpy(msg.listener, "unix:/run/lost", sizeof(msg.listener));
	ck_assert_int_eq(io_send_fd(control, &msg, sizeof(msg), -1), 0);
	first = give_pipe("first");
	second = give_pipe("second");
	strlcpy(msg.listener, "unix:/run/wrong", sizeof(msg.listener));
	ck_assert_int_eq(io_send_fd(control, &msg, sizeof(msg), -1), 0);
	strlcpy(msg.listener, "unix:@right", sizeof(msg.listener));
	ck_assert_int_eq(io_send_fd(control, &msg, sizeof(msg), -1), 0);
	msg.index = UINT32_MAX;
	ck_assert_int_eq(io_send_fd(control, &msg, sizeof(msg), -1), 0);
	slot.listener = 3;
	send_end(first, &slot);
	send_end(second, &slot);
	slot.listener = 2;
	send_end(second, &slot);
	slot.listener = 65535;
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

START_TEST(a_record_in_two_pieces_is_one)
{
	struct board_slot slot = a_slot(1);
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
	struct board_slot slot;
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
	struct board_slot slot = a_slot(1);
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
	head.size = sizeof(head) + 8;
	ck_assert_int_eq(io_write_all(nonsense, &head, sizeof(head)), 0);
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
	struct board_slot slot = a_slot(5);
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
	struct board_slot slot = a_slot(1);
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

/* Settings */

START_TEST(settings_take_effect_at_once)
{
	struct logger_msg msg = { .type = LOGGER_SETTINGS };
	struct board_slot slot = a_slot(1);
	int fd;

	start();
	fd = give_pipe("echo");
	send_event(fd, LEVEL_DEBUG, "start", "peer", "192.0.2.9:1");
	send_event(fd, LEVEL_INFO, "first", "peer", "192.0.2.9:1");
	wait_for("info first service=echo peer=192.0.2.9:1\n");
	msg.settings = plain_settings();
	msg.settings.level = LEVEL_NOTICE;
	msg.settings.peer = PEER_PREFIX;
	ck_assert_int_eq(io_send_fd(control, &msg, sizeof(msg), -1), 0);
	fd = give_pipe("echo"); /* read after what main said before */
	send_end(fd, &slot);
	send_event(fd, LEVEL_NOTICE, "second", "peer", "192.0.2.9:1");
	wait_for("notice second service=echo peer=192.0.2.0/24\n");
	msg.settings.level = LEVEL_DEBUG;
	msg.settings.format = FORMAT_JSON;
	msg.settings.peer = PEER_NONE;
	ck_assert_int_eq(io_send_fd(control, &msg, sizeof(msg), -1), 0);
	fd = give_pipe("echo");
	send_event(fd, LEVEL_DEBUG, "third", "peer", "192.0.2.9:1");
	stop();
	ck_assert_ptr_nonnull(strstr(seen,
	    "{\"level\":\"debug\",\"event\":\"third\",\"service\":\"echo\","
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

/* Standard errors of programs */

START_TEST(each_line_of_a_program_is_an_event_of_its_own)
{
	char id[SPEC_NAME_MAX + 64];
	int sock, fd;

	start();
	sock = give_stderrs("git");
	fd = give_stderr(sock, 17, 4242);
	say(fd, "hello world\n\ninfo end service=echo id=1 exit=0\n");
	say(fd, "\033]0;title\007 \"%n%s\" \303\251\nlast");
	close(fd);
	snprintf(id, sizeof(id), "info stderr service=git id=17 pid=4242 msg=");
	wait_for("msg=last\n");
	stop();
	ck_assert_uint_eq(each_line(NULL), 5);
	ck_assert_ptr_nonnull(strstr(seen, id));
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
	for (i = 0; i < total; i++)
		say(fd, "flood\n");
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
	wait_for("strange message");
	other = give_stderrs("other");
	fd = give_stderr(other, 5, 6);
	say(fd, "others live\n");
	wait_for("service=other id=5 pid=6 msg=\"others live\"\n");
	stop();
	ck_assert_uint_eq(each_line(NULL), 7);
}
END_TEST

/* Lives and deaths */

START_TEST(a_stuck_reader_stops_the_logger_alone)
{
	struct board_slot slot;
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
	struct board_slot slot;
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
	struct board_slot slot = a_slot(1);
	int ours, theirs, i;

	start();
	ours = give_pipe("");
	theirs = give_pipe("echo");
	kill(logger, SIGSTOP); /* so that all of it is there at once */
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

static size_t
count_descriptors(void)
{
	char path[64];
	size_t n = 0;
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)logger);
	ck_assert_ptr_nonnull(d = opendir(path));
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n - 2; /* . and .. */
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
	/* 0 1 2, control, epoll and the pipe */
	ck_assert_uint_eq(count_descriptors(), 6);
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
	struct board_slot slot = a_slot(1);
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
	} while (count_descriptors() > 6);
	stop();
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, main_is_believed_and_an_acceptor_is_not);
	tcase_add_test(tc, the_end_of_a_session_becomes_a_line);
	tcase_add_test(tc, listeners_are_named_for_the_pipe_that_came_last);
	tcase_add_test(tc, a_record_in_two_pieces_is_one);
	tcase_add_test(tc, ten_thousand_records_are_ten_thousand_lines);
	tcase_add_test(tc, a_pipe_of_garbage_is_given_up_and_the_others_go_on);
	tcase_add_test(tc, a_new_logger_finds_the_next_record);
	tcase_add_test(tc, two_loggers_after_each_other_read_one_pipe);
	tcase_add_test(tc, settings_take_effect_at_once);
	tcase_add_test(tc, strange_messages_from_main_do_no_harm);
	tcase_add_test(tc, each_line_of_a_program_is_an_event_of_its_own);
	tcase_add_test(tc, a_long_line_becomes_several_events);
	tcase_add_test(tc, a_flood_is_counted_and_holds_nobody_up);
	tcase_add_test(tc, an_acceptor_cannot_hand_over_what_is_no_read_end);
	tcase_add_test(tc, a_stuck_reader_stops_the_logger_alone);
	tcase_add_test(tc, a_standard_error_that_does_not_block_loses_nothing);
	tcase_add_test(tc, signals_are_for_main);
	tcase_add_test(tc,
	    without_main_it_stays_until_every_pipe_is_at_its_end);
	tcase_add_test(tc, main_has_the_last_word);
	tcase_add_test(tc, it_keeps_no_descriptor_and_no_right_of_main);
	tcase_add_test(tc, descriptors_are_closed_when_their_pipes_end);
}

int
main(int argc, char *argv[])
{
	setproctitle_init(argc, argv, environ);
	return runner_main("logger", add);
}
