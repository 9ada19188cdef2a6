/* SPDX-License-Identifier: ISC */
/*
 * Sinks that fail and recover.  syslog and the journal are sockets of our own
 * in a mount namespace of our own; where there is none to be had, those tests
 * say so and look at nothing.
 */
#include "config.h"

#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "logger/emit.h"
#include "logger/sink.h"
#include "runner.h"

static struct sink sink;
static char got[1u << 20];

static void
put(const char *msg)
{
	struct record_fields f = { .level = LEVEL_NOTICE,
		.event = "test",
		.n = 2,
		.key = { "service", "msg" },
		.value = { "echo", msg } };

	sink_put(&sink, &f);
}

static void
put_now(const char *msg)
{
	put(msg);
	sink_flush(&sink);
}

/* Standard error becomes an empty file; its descriptor. */
static int
stderr_to_file(void)
{
	char path[] = "/tmp/tined-check-XXXXXX";
	int fd = mkostemp(path, O_CLOEXEC | O_APPEND);

	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_ne(dup2(fd, STDERR_FILENO), -1);
	sink_use(&sink, TARGET_STDERR, FORMAT_TEXT, false);
	return fd;
}

static const char *
content(int fd)
{
	ssize_t n = pread(fd, got, sizeof(got) - 1, 0);

	ck_assert_int_ge(n, 0);
	got[n] = '\0';
	return got;
}

static void
limit_files(rlim_t size)
{
	struct rlimit rl;

	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &rl), 0);
	rl.rlim_cur = size;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &rl), 0);
}

START_TEST(lines_wait_until_they_are_flushed)
{
	int fd = stderr_to_file();

	put("one");
	put("two");
	ck_assert_str_eq(content(fd), "");
	sink_flush(&sink);
	ck_assert_str_eq(content(fd),
	    "notice test service=echo msg=one\n"
	    "notice test service=echo msg=two\n");
	sink_flush(&sink);
	ck_assert_uint_eq(strlen(content(fd)), 66);
}
END_TEST

START_TEST(more_than_the_buffer_holds_is_written)
{
	int fd = stderr_to_file(), i;
	const char *p;

	for (i = 0; i < 10000; i++)
		put("one");
	sink_flush(&sink);
	for (p = content(fd), i = 0; *p != '\0'; p += 33, i++)
		ck_assert_int_eq(strncmp(p,
				     "notice test service=echo msg=one\n", 33),
		    0);
	ck_assert_int_eq(i, 10000);
}
END_TEST

START_TEST(a_full_disk_is_counted_and_reported_when_there_is_room)
{
	int fd = stderr_to_file(), i;

	put_now("fits");
	limit_files(33);
	for (i = 0; i < 5; i++)
		put_now("lost");
	put("lost");
	put_now("lost");
	ck_assert_uint_eq(sink.lost, 7);
	limit_files(RLIM_INFINITY);
	put_now("again");
	ck_assert_uint_eq(sink.lost, 0);
	ck_assert_str_eq(content(fd),
	    "notice test service=echo msg=fits\n"
	    "warning lost records=7\n"
	    "notice test service=echo msg=again\n");
}
END_TEST

START_TEST(a_line_torn_by_a_full_disk_is_ended)
{
	int fd = stderr_to_file();

	limit_files(40);
	put("one");
	put("torn");
	put_now("lost");
	ck_assert_uint_eq(sink.lost, 2);
	put_now("lost");
	ck_assert_uint_eq(sink.lost, 3);
	limit_files(50); /* not even the report fits */
	put_now("lost");
	ck_assert_uint_eq(sink.lost, 4);
	limit_files(RLIM_INFINITY);
	sink_flush(&sink); /* without a new line */
	ck_assert_uint_eq(sink.lost, 0);
	put_now("again");
	ck_assert_str_eq(content(fd),
	    "notice test service=echo msg=one\n"
	    "notice \n"
	    "warning l\n"
	    "warning lost records=4\n"
	    "notice test service=echo msg=again\n");
}
END_TEST

START_TEST(a_reader_that_is_gone_ends_nothing)
{
	int fd[2], file, i;

	signal(SIGPIPE, SIG_IGN);
	ck_assert_int_eq(pipe2(fd, O_CLOEXEC), 0);
	ck_assert_int_ne(dup2(fd[1], STDERR_FILENO), -1);
	close(fd[0]);
	close(fd[1]);
	sink_use(&sink, TARGET_STDERR, FORMAT_JSON, false);
	for (i = 0; i < 100; i++)
		put_now("lost");
	ck_assert_uint_eq(sink.lost, 100);
	file = stderr_to_file();
	sink_use(&sink, TARGET_STDERR, FORMAT_JSON, false);
	put_now("again");
	ck_assert_uint_eq(sink.lost, 0);
	ck_assert_ptr_nonnull(strstr(content(file), "\"records\":100}\n"));
}
END_TEST

/* syslog and the journal */

/* A namespace with a /dev and a /run of its own. */
static bool
alone(void)
{
	if (unshare(CLONE_NEWNS) == -1 &&
	    unshare(CLONE_NEWUSER | CLONE_NEWNS) == -1)
		return false;
	if (mount("none", "/", "", MS_REC | MS_PRIVATE, NULL) == -1 ||
	    mount("tmpfs", "/run", "tmpfs", 0, NULL) == -1 ||
	    mount("tmpfs", "/dev", "tmpfs", 0, NULL) == -1)
		return false;
	return mkdir("/run/systemd", 0755) == 0 &&
	    mkdir("/run/systemd/journal", 0755) == 0;
}

static int
listen_on(const char *path)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd;

	unlink(path);
	snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", path);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&sun, sizeof(sun)), 0);
	return fd;
}

static const char *
datagram(int fd)
{
	ssize_t n = recv(fd, got, sizeof(got) - 1, 0);

	got[n > 0 ? n : 0] = '\0';
	return got;
}

START_TEST(syslog_gets_a_message_for_each_record)
{
	char tag[32];
	int fd;

	if (!alone())
		return;
	fd = listen_on("/dev/log");
	sink_use(&sink, TARGET_SYSLOG, FORMAT_TEXT, false);
	put("a\nb");
	snprintf(tag, sizeof(tag), " tined[%d]: ", (int)getpid());
	/* LOG_DAEMON and LOG_NOTICE */
	ck_assert_int_eq(strncmp(datagram(fd), "<29>", 4), 0);
	ck_assert_ptr_nonnull(strstr(got, tag));
	ck_assert_str_eq(strstr(got, "]: ") + 3,
	    "notice test service=echo msg=\"a\\nb\"");
	ck_assert_str_eq(datagram(fd), "");
}
END_TEST

START_TEST(a_syslog_daemon_that_comes_back_hears_what_was_lost)
{
	int fd;

	if (!alone())
		return;
	sink_use(&sink, TARGET_SYSLOG, FORMAT_TEXT, false);
	put("lost"); /* nobody is there yet */
	fd = listen_on("/dev/log");
	put("one");
	ck_assert_ptr_nonnull(strstr(datagram(fd), "warning lost records=1"));
	ck_assert_ptr_nonnull(strstr(datagram(fd), "msg=one"));
	close(fd); /* restarted */
	put("lost");
	put("lost");
	ck_assert_uint_eq(sink.lost, 2);
	fd = listen_on("/dev/log");
	sink_flush(&sink);
	ck_assert_uint_eq(sink.lost, 0);
	ck_assert_ptr_nonnull(strstr(datagram(fd), "warning lost records=2"));
	close(fd);
	fd = listen_on("/dev/log");
	put("two");
	ck_assert_ptr_nonnull(strstr(datagram(fd), "msg=two"));
}
END_TEST

START_TEST(the_journal_gets_fields)
{
	static const char *const fields[] = { "PRIORITY=5\n",
		"SYSLOG_IDENTIFIER=tined\n", "TINED_EVENT=test\n",
		"TINED_SERVICE=echo\n",
		"MESSAGE=notice test service=echo msg=\"a\\nb\"\n" };
	size_t i;
	int fd;

	if (!alone())
		return;
	sink_use(&sink, TARGET_JOURNAL, FORMAT_TEXT, false);
	put("lost");
	ck_assert_uint_eq(sink.lost, 1);
	fd = listen_on("/run/systemd/journal/socket");
	put("a\nb");
	ck_assert_ptr_nonnull(strstr(datagram(fd), "TINED_RECORDS=1\n"));
	datagram(fd);
	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		ck_assert_msg(strstr(got, fields[i]) != NULL, "no %s in %s",
		    fields[i], got);
	ck_assert_ptr_nonnull(strstr(got, "TINED_MSG=a\\nb\n"));
	ck_assert_ptr_null(strstr(got, "CODE_"));
}
END_TEST

START_TEST(a_field_of_the_journal_deceives_nobody_who_looks_at_it)
{
	int fd;

	if (!alone())
		return;
	sink_use(&sink, TARGET_JOURNAL, FORMAT_TEXT, false);
	fd = listen_on("/run/systemd/journal/socket");
	put("caf\303\251 \"x\\\"");
	ck_assert_ptr_nonnull(strstr(datagram(fd),
	    "\nTINED_MSG=caf\303\251 \"x\\\"\n"));
	put("a\342\200\256b\\ c\377\033[2J");
	ck_assert_ptr_nonnull(strstr(datagram(fd),
	    "\nTINED_MSG=a\\342\\200\\256b\\\\ c\\377\\033[2J\n"));
}
END_TEST

START_TEST(the_journal_gets_the_longest_record)
{
	static char value[RECORD_MAX - 40];
	int fd;

	if (!alone())
		return;
	sink_use(&sink, TARGET_JOURNAL, FORMAT_JSON, false);
	fd = listen_on("/run/systemd/journal/socket");
	memset(value, '\001', sizeof(value) - 1);
	put(value);
	ck_assert_uint_eq(sink.lost, 0);
	ck_assert_ptr_nonnull(strstr(datagram(fd), "MESSAGE={\"time\""));
	ck_assert_ptr_nonnull(strstr(got, "TINED_MSG="));
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, lines_wait_until_they_are_flushed);
	tcase_add_test(tc, more_than_the_buffer_holds_is_written);
	tcase_add_test(tc,
	    a_full_disk_is_counted_and_reported_when_there_is_room);
	tcase_add_test(tc, a_line_torn_by_a_full_disk_is_ended);
	tcase_add_test(tc, a_reader_that_is_gone_ends_nothing);
	tcase_add_test(tc, syslog_gets_a_message_for_each_record);
	tcase_add_test(tc, a_syslog_daemon_that_comes_back_hears_what_was_lost);
	tcase_add_test(tc, the_journal_gets_fields);
	tcase_add_test(tc,
	    a_field_of_the_journal_deceives_nobody_who_looks_at_it);
	tcase_add_test(tc, the_journal_gets_the_longest_record);
}

int
main(void)
{
	return runner_main("sink", add);
}
