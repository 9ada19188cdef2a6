/* SPDX-License-Identifier: ISC */
/*
 * Goal of these tests: an ended session is counted once under each heading, and
 * the counts of a second are those of that second.
 */
#include "config.h"

#include <string.h>

#include "ipc/counters.h"
#include "runner.h"

static struct scoreboard_counters n;
static struct recent recent;

static void
empty(void)
{
	memset(&n, 0, sizeof(n));
	memset(&recent, 0, sizeof(recent));
}

static const struct {
	int status;
	enum end_reason reason;
	const char *how;
} ends[] = {
	{ 0, END_BY_ITSELF, "ok" }, { 3 << 8, END_BY_ITSELF, "failed" },
	{ 9, END_BY_ITSELF, "signal" }, { 15, END_IDLE, "idle_timeout" },
	{ 0, END_IDLE, "idle_timeout" }, { 15, END_MAX, "max_time" },
	{ 15, END_DRAIN, "drain_timeout" }, { 0, END_PEER, "peer_timeout" },
	{ 9, END_STOPPED, "stopped" }, { 0, END_REASONS, "ok" }, /* cannot be */
};

START_TEST(counts_how_a_session_ends)
{
	struct scoreboard_slot slot = { .status = ends[_i].status,
		.reason = (uint8_t)ends[_i].reason,
		.start_ms = 1000,
		.until_ms = 1007,
		.utime_us = 30,
		.stime_us = 4 };
	unsigned int i;

	atomic_store(&slot.in, 5);
	atomic_store(&slot.out, 70);
	counters_end(&n, &slot);
	ck_assert_uint_eq(atomic_load(&n.ended), 1);
	ck_assert_uint_eq(atomic_load(&n.in), 5);
	ck_assert_uint_eq(atomic_load(&n.out), 70);
	ck_assert_uint_eq(atomic_load(&n.cpu_us), 34);
	ck_assert_uint_eq(atomic_load(&n.histogram[HISTOGRAM_DURATION].sum), 7);
	ck_assert_uint_eq(atomic_load(&n.histogram[HISTOGRAM_SENT].sum), 70);
	for (i = 0; i < ENDED_HOW; i++)
		ck_assert_uint_eq(atomic_load(&n.how[i]),
		    strcmp(ended_name(i), ends[_i].how) == 0);
}
END_TEST

START_TEST(times_that_cannot_be_are_no_time)
{
	const struct scoreboard_slot slot = { .start_ms = INT64_MAX,
		.until_ms = 0 };

	counters_end(&n, &slot);
	ck_assert_uint_eq(atomic_load(&n.histogram[HISTOGRAM_DURATION].sum), 0);
}
END_TEST

START_TEST(adds_every_counter)
{
	struct scoreboard_counters sum;
	const uint64_t *words = (const uint64_t *)(const void *)&sum;
	size_t i;

	memset(&n, 0, sizeof(n));
	for (i = 0; i < sizeof(n) / sizeof(*words); i++)
		((uint64_t *)(void *)&n)[i] = i + 1;
	sum = n;
	counters_add(&sum, &n);
	for (i = 0; i < sizeof(n) / sizeof(*words); i++)
		ck_assert_uint_eq(words[i], 2 * (i + 1));
}
END_TEST

START_TEST(counts_each_second_apart)
{
	struct recent_second *at = recent_now(&recent, 5999);

	atomic_fetch_add(&at->started, 3);
	ck_assert_ptr_eq(recent_now(&recent, 5000), at);
	ck_assert_ptr_ne(recent_now(&recent, 6000), at);
	ck_assert_uint_eq(atomic_load(&at->started), 3);
	/* The same place, a round later. */
	ck_assert_ptr_eq(recent_now(&recent, 5000 + RECENT_SECONDS * 1000), at);
	ck_assert_uint_eq(atomic_load(&at->started), 0);
	ck_assert_uint_eq(atomic_load(&at->second), 5 + RECENT_SECONDS);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_checked_fixture(tc, empty, NULL);
	tcase_add_loop_test(tc, counts_how_a_session_ends, 0,
	    (int)(sizeof(ends) / sizeof(ends[0])));
	tcase_add_test(tc, times_that_cannot_be_are_no_time);
	tcase_add_test(tc, adds_every_counter);
	tcase_add_test(tc, counts_each_second_apart);
}

int
main(void)
{
	return runner_main("counters", add);
}
