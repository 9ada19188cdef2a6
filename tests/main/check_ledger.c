/* SPDX-License-Identifier: ISC */
/* How a service's adopted sessions are counted, however many sections they come
 * from. */
#include "config.h"

#include <bsd/stdlib.h>
#include <stdlib.h>
#include <string.h>

#include "ipc/scoreboard_main.h"
#include "ipc/source.h"
#include "main/adoption.h"
#include "main/ledger.h"
#include "runner.h"

#define MANY 5000

static struct orphan orphan[MANY];
static struct adopted adopted, later;

/* Adopts the sessions from i to end - 1 of the dead acceptor's section, each of an
 * address of its own: 10.N.N.N. */
static void
take(struct adopted *a, uint32_t i, uint32_t end)
{
	uint32_t n = end - i;

	TAILQ_INIT(&a->orphans);
	a->served = served;
	a->place = dead.place;
	for (; i < end; i++) {
		orphan[i].adopted = a;
		orphan[i].peer = (struct addr) { .family = AF_INET,
			.port = 4711,
			.ip = { 10, (uint8_t)(i / 100 / 100),
			    (uint8_t)(i / 100 % 100), (uint8_t)(i % 100) } };
		TAILQ_INSERT_TAIL(&a->orphans, &orphan[i], entry);
	}
	ledger_take(a, n);
	TAILQ_INSERT_TAIL(&served->adopted, a, entry);
}

static void
have(uint32_t n)
{
	take(&adopted, 0, n);
}

static void
drop(uint32_t i)
{
	TAILQ_REMOVE(&adopted.orphans, &orphan[i], entry);
	ledger_remove(served, &orphan[i]);
}

static uint32_t
places(void)
{
	return scoreboard_ledger(served->board)->nsources;
}

START_TEST(counts_by_the_prefixes_in_force)
{
	have(300); /* conf's are 24 and 64 */
	ck_assert_uint_eq(scoreboard_sessions(served->board), 300);
	ck_assert_uint_eq(count_of("10.0.0.0"), 100);
	ck_assert_uint_eq(count_of("10.0.2.0"), 100);
	drop(250);
	ck_assert_uint_eq(count_of("10.0.2.0"), 99);
	ck_assert_uint_eq(scoreboard_sessions(served->board), 299);
}
END_TEST

START_TEST(counts_anew_by_other_prefixes)
{
	have(300);
	conf.prefix_v4 = 32;
	ck_assert_int_eq(ledger_follow(served), 0);
	ck_assert_uint_eq(scoreboard_sessions(served->board), 300);
	ck_assert_uint_eq(count_of("10.0.2.0"), 1);
	ck_assert_uint_eq(count_of("10.0.2.77"), 1);
	conf.prefix_v4 = 8;
	ck_assert_int_eq(ledger_follow(served), 0);
	ck_assert_uint_eq(count_of("10.0.0.0"), 300);
	ck_assert_uint_eq(count_of("10.0.2.77"), 0);
	drop(7);
	ck_assert_uint_eq(count_of("10.0.0.0"), 299);
}
END_TEST

START_TEST(has_room_for_all_and_no_more_than_that)
{
	uint32_t i, least = places();

	conf.prefix_v4 = 32;
	have(MANY);
	ck_assert_uint_ge(places(), 2 * MANY);
	ck_assert_uint_eq(count_of("10.0.49.99"), 1);
	for (i = 0; i < MANY; i++)
		drop(i);
	ck_assert_uint_eq(scoreboard_sessions(served->board), 0);
	ck_assert_uint_eq(places(), least);
	ck_assert_uint_eq(count_of("10.0.49.99"), 0);
}
END_TEST

/* A session can write there; main counts again. */
START_TEST(is_written_anew_where_it_was_scribbled_over)
{
	struct scoreboard_parts d;

	have(300);
	d = scoreboard_parts(served->board, scoreboard_ledger(served->board));
	memset(d.section, 0xff, sizeof(*d.section));
	arc4random_buf(d.sources, d.nsources * sizeof(*d.sources));
	ck_assert_uint_eq(scoreboard_sessions(served->board), SCOREBOARD_SLOTS);
	ledger_renew(served);
	ck_assert_uint_eq(scoreboard_sessions(served->board), 300);
	ck_assert_uint_eq(count_of("10.0.2.0"), 100);
	d = scoreboard_parts(served->board, scoreboard_ledger(served->board));
	memset(d.section, 0xff, sizeof(*d.section));
	drop(0); /* does not read the count there either */
	ck_assert_uint_eq(scoreboard_sessions(served->board), 299);
}
END_TEST

/* There must be no more of them than memory, but there is none: then they count
 * as they did. */
START_TEST(stays_as_it_was_where_there_is_no_room)
{
	struct scoreboard_place p;
	uint32_t n;

	have(200);
	start_again();
	for (n = SCOREBOARD_SOURCES; n >= places(); n /= 2)
		while (scoreboard_take_ledger(served->board, n, &p) == 0)
			continue;
	conf.prefix_v4 = 32;
	ck_assert_int_eq(ledger_follow(served), -1);
	ck_assert_uint_eq(count_of("10.0.1.0"), 100);
	take(&later, 200, MANY);
	ck_assert_uint_eq(scoreboard_sessions(served->board), MANY);
	ck_assert_uint_eq(count_of("10.0.1.0"), 100);
	drop(150);
	ck_assert_uint_eq(count_of("10.0.1.0"), 99);
	ledger_renew(served);
	ck_assert_uint_eq(count_of("10.0.1.0"), 99);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, counts_by_the_prefixes_in_force);
	tcase_add_test(tc, counts_anew_by_other_prefixes);
	tcase_add_test(tc, has_room_for_all_and_no_more_than_that);
	tcase_add_test(tc, is_written_anew_where_it_was_scribbled_over);
	tcase_add_test(tc, stays_as_it_was_where_there_is_no_room);
}

int
main(void)
{
	return runner_main("ledger", add);
}
