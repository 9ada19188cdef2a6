/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <check.h>

#include "base/date.h"
#include "runner.h"
#include "service/daytime.h"
#include "service/harness.h"

static const char *
line(int64_t t)
{
	static char buf[DAYTIME_MAX + 1];

	buf[daytime_format(t, buf)] = '\0';
	return buf;
}

START_TEST(writes_the_date_as_in_the_first_example_of_rfc_867)
{
	ck_assert_str_eq(line(1795333512),
	    "Sunday, November 22, 2026 07:45:12-UTC\r\n");
	ck_assert_str_eq(line(0), "Thursday, January 1, 1970 00:00:00-UTC\r\n");
	ck_assert_str_eq(line(951782400),
	    "Tuesday, February 29, 2000 00:00:00-UTC\r\n");
	ck_assert_str_eq(line(4107542399),
	    "Sunday, February 28, 2100 23:59:59-UTC\r\n");
	ck_assert_str_eq(line(DATE_LAST),
	    "Friday, December 31, 9999 23:59:59-UTC\r\n");
}
END_TEST

START_TEST(shows_a_time_out_of_range_as_zero)
{
	char zero[DAYTIME_MAX + 1];

	strcpy(zero, line(0));
	ck_assert_str_eq(line(-1), zero);
	ck_assert_str_eq(line(INT64_MIN), zero);
	ck_assert_str_eq(line(INT64_MAX), zero);
	ck_assert_str_eq(line(DATE_LAST + 1), zero);
}
END_TEST

START_TEST(agrees_with_the_c_library_on_every_day_until_2500)
{
	char buf[DAYTIME_MAX], when[DAYTIME_MAX];
	struct tm tm;
	time_t t;

	for (t = 1; t < 16725225600; t += 86400 + 61) {
		gmtime_r(&t, &tm);
		strftime(buf, sizeof(buf), "%A, %B ", &tm);
		snprintf(when, sizeof(when), "%d, ", tm.tm_mday);
		strcat(buf, when);
		strftime(when, sizeof(when), "%Y %H:%M:%S-UTC\r\n", &tm);
		strcat(buf, when);
		ck_assert_str_eq(line(t), buf);
	}
}
END_TEST

/* time(2) may still say the second before, for it reads a coarser clock. */
static int64_t
calendar(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec;
}

START_TEST(answers_with_the_time_and_end_of_file)
{
	struct harness h;
	char got[256];
	int64_t before = calendar();
	size_t n;

	harness_run(&h, _i, BUILTIN_daytime, 0);
	n = harness_read_all(&h, got, sizeof(got) - 1);
	got[n] = '\0';
	close(h.fd);
	harness_end(&h);
	while (before < calendar() && strcmp(line(before), got) != 0)
		before++;
	ck_assert_str_eq(line(before), got);
	ck_assert_uint_eq(h.slot->out, n);
}
END_TEST

/* More than the socket's buffers hold, so the session ends while the client
 * is still sending; its reply must have come through all the same. */
START_TEST(is_heard_by_a_client_that_sends_all_the_while)
{
	static char block[1 << 16];
	struct harness h;
	char got[256];
	int i;

	harness_open(&h, _i);
	for (i = 0; i < 3; i++)
		send(h.fd, block, sizeof(block), MSG_DONTWAIT);
	harness_start(&h, BUILTIN_daytime);
	for (i = 0; i < 50; i++)
		harness_send(&h, block, sizeof(block));
	ck_assert_uint_gt(harness_read_all(&h, got, sizeof(got)), 30);
	close(h.fd);
	harness_end(&h);
	ck_assert_int_lt(harness_ms(), 5000);
}
END_TEST

static void
add(TCase *t)
{
	tcase_add_test(t, writes_the_date_as_in_the_first_example_of_rfc_867);
	tcase_add_test(t, shows_a_time_out_of_range_as_zero);
	tcase_add_test(t, agrees_with_the_c_library_on_every_day_until_2500);
	tcase_add_loop_test(t, answers_with_the_time_and_end_of_file, 0,
	    KIND_COUNT);
	tcase_add_loop_test(t, is_heard_by_a_client_that_sends_all_the_while, 0,
	    KIND_COUNT);
}

int
main(void)
{
	return runner_main("daytime", add);
}
