/* SPDX-License-Identifier: ISC */
/* What main says, before and after there is a logger. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "logger/log.h"
#include "runner.h"

static int fd[2];
static char got[65536];

static void
new_pipe(void)
{
	ck_assert_int_eq(pipe2(fd, O_CLOEXEC | O_NONBLOCK), 0);
}

/* Standard error becomes the pipe. */
static void
catch_stderr(void)
{
	new_pipe();
	ck_assert_int_ne(dup2(fd[1], STDERR_FILENO), -1);
	log_use(-1);
}

static const char *
caught(void)
{
	ssize_t n = io_read(fd[0], got, sizeof(got) - 1);

	got[n > 0 ? n : 0] = '\0';
	return got;
}

static void
next_record(struct record_fields *f)
{
	ssize_t n = io_read(fd[0], got, sizeof(got));
	int size;

	ck_assert_int_gt(n, 0);
	size = record_next(got, (size_t)n);
	ck_assert_int_eq(size, n);
	ck_assert_int_eq(record_fields(got, (size_t)n, f), 0);
}

START_TEST(a_message_without_logger_is_a_line)
{
	catch_stderr();
	log_message(LEVEL_ERROR, "bind %s: %s", "[::1]:7",
	    strerror(EADDRINUSE));
	ck_assert_str_eq(caught(),
	    "tined: bind [::1]:7: Address already in use\n");
	log_message(LEVEL_ERROR, "%s", "a \"b\" c\\d %n");
	ck_assert_str_eq(caught(), "tined: a \"b\" c\\d %n\n");
	log_message(LEVEL_WARNING, "x.conf:1: %s", "a\nb\033[31m\t\377");
	ck_assert_str_eq(caught(), "tined: x.conf:1: a\\nb\\033[31m\\t\\377\n");
}
END_TEST

START_TEST(an_event_without_logger_is_a_line)
{
	catch_stderr();
	log_event(LEVEL_NOTICE, "reloaded", "service", "a b", "n", "1", "old",
	    "", NULL);
	ck_assert_str_eq(caught(),
	    "tined: reloaded service=\"a b\" n=1 old=\"\"\n");
}
END_TEST

START_TEST(an_event_becomes_a_record)
{
	struct record_fields f;

	new_pipe();
	log_use(fd[1]);
	log_event(LEVEL_NOTICE, "reloaded", "service", "a b", "n", "1", NULL);
	next_record(&f);
	ck_assert_int_eq(f.level, LEVEL_NOTICE);
	ck_assert_str_eq(f.event, "reloaded");
	ck_assert_uint_eq(f.n, 2);
	ck_assert_str_eq(f.key[0], "service");
	ck_assert_str_eq(f.value[0], "a b");
	ck_assert_str_eq(f.value[1], "1");
}
END_TEST

START_TEST(a_message_becomes_an_event_of_its_level)
{
	struct record_fields f;

	new_pipe();
	log_use(fd[1]);
	log_message(LEVEL_WARNING, "%d of %s", 3, "4");
	next_record(&f);
	ck_assert_int_eq(f.level, LEVEL_WARNING);
	ck_assert_str_eq(f.event, "warning");
	ck_assert_uint_eq(f.n, 1);
	ck_assert_str_eq(f.key[0], "msg");
	ck_assert_str_eq(f.value[0], "3 of 4");
}
END_TEST

START_TEST(a_message_of_any_length_fits)
{
	static char text[3 * RECORD_MAX];
	struct record_fields f;

	memset(text, '\377', sizeof(text) - 1);
	new_pipe();
	log_use(fd[1]);
	log_message(LEVEL_ERROR, "%s", text);
	next_record(&f);
	ck_assert_uint_gt(strlen(f.value[0]), RECORD_MAX - 64);
	catch_stderr();
	log_message(LEVEL_ERROR, "%s", text);
	ck_assert_int_eq(caught()[strlen(got) - 1], '\n');
	ck_assert_ptr_eq(strchr(got, '\n'), got + strlen(got) - 1);
}
END_TEST

START_TEST(a_full_pipe_never_blocks_and_is_counted)
{
	uint64_t sent = 0, lost;
	struct record_fields f;
	struct record_head head;
	int i;

	new_pipe();
	log_use(fd[1]);
	for (i = 0; i < 10000; i++)
		log_message(LEVEL_INFO, "message %d that nobody reads", i);
	ck_assert(log_report_lost());
	ck_assert(log_report_lost()); /* the report was lost, too */
	while (io_read(fd[0], &head, sizeof(head)) > 0) {
		sent++;
		ck_assert_int_gt(io_read(fd[0], got, head.size - sizeof(head)),
		    0);
	}
	ck_assert_uint_gt(sent, 0);
	ck_assert(log_report_lost());
	next_record(&f);
	ck_assert_str_eq(f.event, "lost");
	ck_assert_str_eq(f.key[0], "records");
	lost = strtoull(f.value[0], NULL, 10);
	ck_assert_uint_gt(lost, 5000);
	ck_assert_uint_eq(sent + lost, 10000);
	log_message(LEVEL_INFO, "there is room again");
	ck_assert(!log_report_lost());
}
END_TEST

START_TEST(one_message_a_second_is_shown_and_the_others_counted)
{
	struct log_pace p = { 0, 0 };
	char more[LOG_MORE_MAX];
	int i;

	ck_assert(log_may_say(&p, 1000));
	ck_assert_str_eq(log_more(&p, more), "");
	for (i = 0; i < 999; i++)
		ck_assert(!log_may_say(&p, 1000 + i));
	ck_assert(log_may_say(&p, 2000));
	ck_assert_str_eq(log_more(&p, more), " (999 more not shown)");
	ck_assert_str_eq(log_more(&p, more), "");
	p.not_shown = UINT64_MAX;
	ck_assert_str_eq(log_more(&p, more),
	    " (18446744073709551615 more not shown)");
}
END_TEST

/* Counters are unsigned. */
START_TEST(a_number_is_not_negative)
{
	ck_assert_str_eq(LOG_NUMBER(UINT64_MAX), "18446744073709551615");
	ck_assert_str_eq(LOG_NUMBER(0), "0");
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, a_number_is_not_negative);
	tcase_add_test(tc, a_message_without_logger_is_a_line);
	tcase_add_test(tc, an_event_without_logger_is_a_line);
	tcase_add_test(tc, an_event_becomes_a_record);
	tcase_add_test(tc, a_message_becomes_an_event_of_its_level);
	tcase_add_test(tc, a_message_of_any_length_fits);
	tcase_add_test(tc, a_full_pipe_never_blocks_and_is_counted);
	tcase_add_test(tc,
	    one_message_a_second_is_shown_and_the_others_counted);
}

int
main(void)
{
	return runner_main("log", add);
}
