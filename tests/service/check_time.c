/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>

#include <arpa/inet.h>

#include <time.h>
#include <unistd.h>

#include <check.h>

#include "runner.h"
#include "service/harness.h"

/* time(2) may still say the second before, for it reads a coarser clock. */
static time_t
calendar(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec;
}

START_TEST(answers_with_the_seconds_since_1900_in_four_bytes)
{
	struct harness h;
	uint32_t got[2], now;
	time_t before = calendar();

	harness_run(&h, _i, BUILTIN_time, 0);
	ck_assert_uint_eq(harness_read_all(&h, got, sizeof(got)), 4);
	close(h.fd);
	harness_end(&h);
	/* RFC 868: 2,208,988,800 corresponds to 00:00 1 Jan 1970 GMT. */
	now = ntohl(got[0]) - UINT32_C(2208988800);
	ck_assert_uint_ge(now, (uint32_t)before);
	ck_assert_uint_le(now, (uint32_t)calendar());
	ck_assert_uint_eq(h.slot->out, 4);
	ck_assert_int_eq(h.slot->reason, END_BY_ITSELF);
}
END_TEST

START_TEST(does_not_wait_for_a_client_that_stays)
{
	struct harness h;
	uint32_t got;

	harness_run(&h, _i, BUILTIN_time, 0);
	ck_assert_uint_eq(harness_read_all(&h, &got, sizeof(got)), 4);
	harness_end(&h);
	ck_assert_int_lt(harness_ms(), 3000);
}
END_TEST

static void
add(TCase *t)
{
	tcase_add_loop_test(t,
	    answers_with_the_seconds_since_1900_in_four_bytes, 0, KIND_COUNT);
	tcase_add_loop_test(t, does_not_wait_for_a_client_that_stays, 0,
	    KIND_COUNT);
}

int
main(void)
{
	return runner_main("time", add);
}
